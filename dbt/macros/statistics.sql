{#-
    Welch's two-sided t-test at 95 % of two arms, in units of the standard error of their difference:
    (t, p value, and the interval of the difference, low and high). Each arm has 2 users or more; its share is that
    of the squared standard error.
    A t-test sees nothing of an arm but the number of its users, their sum and the sum of their squares. So the
    test's state is made from these six numbers as the server itself stores it (both counts, both sums, both sums of
    squares), whatever the number of users. Of the control the mean is 0, and so is the sum.
-#}
{% macro welch_test(t, control_users, control_share, users, share) -%}
    finalizeAggregation(
        concat(
            {{ bytes(users) }}, {{ bytes(control_users) }},
            {{ bytes(users ~ ' * ' ~ t) }}, {{ bytes('0') }},
            {{ bytes('%s * (%s * %s + %s * (%s - 1))' % (users, t, t, share, users)) }},
            {{ bytes('%s * %s * (%s - 1)' % (control_users, control_share, control_users)) }}
        )::AggregateFunction(welchTTest(0.95), Float64, UInt8) -- noqa: CP01
    )
{%- endmacro %}

{#- The eight bytes of a number as a float. -#}
{% macro bytes(number) -%}
    reinterpretAsFixedString(toFloat64({{ number }}))
{%- endmacro %}

{#-
    Of a difference of `users` and control.users with the squared errors of both arms: its p value, and half the width of
    its 95 % interval; both NULL where `when` does not hold.
-#}
{% macro welch_verdict(difference, squared_error, control_squared_error, when) -%}
    {% set arms = [
        'if(%s, control.users, 0)' % when, control_squared_error ~ ' / ' ~ 'both_squared_error',
        'if(%s, users, 0)' % when, squared_error ~ ' / ' ~ 'both_squared_error',
    ] -%}
    {% set t = 'abs(coalesce(%s, 0.)) / sqrt(both_squared_error)' % difference -%}
    {% set degrees = '1 / (pow(%s, 2) / (%s - 1) + pow(%s, 2) / (%s - 1))' % (arms[1], arms[0], arms[3], arms[2]) -%}
    arrayMap(
        (both_squared_error) -> (
            -- At more than 10⁷ standard errors the test loses its digits. Out there the tail falls with the power of
            -- its degrees of freedom (Welch and Satterthwaite's).
            if(
                {{ when }},
                tupleElement({{ welch_test('least(%s, 1e7)' % t, *arms) }}, 2)
                * pow(least(1., 1e7 / ({{ t }})), {{ degrees }}),
                null
            ),
            -- With no difference the interval's upper end is the quantile of t itself.
            if({{ when }}, tupleElement({{ welch_test('0.', *arms) }}, 4) * sqrt(both_squared_error), null)
        ),
        [{{ squared_error }} + {{ control_squared_error }}]
    )[1]
{%- endmacro %}

{#-
    Half the width of an interval that holds on all days at once with 95 %, and the p value that goes with it, of a
    difference with this squared error and this many users (as floats): asymptotic confidence sequence, Waudby-Smith et
    al. 2023 (arXiv 2103.06476v7, equations 9, 155 and 161), narrowest at about 5000 users.
-#}
{% macro sequential_margin(squared_error, users) -%}
    sqrt(
        {{ squared_error }} * 2 * ({{ users }} * {{ sequential_rho() }} + 1)
        * log(sqrt({{ users }} * {{ sequential_rho() }} + 1) / 0.05) / ({{ users }} * {{ sequential_rho() }})
    )
{%- endmacro %}

{% macro sequential_p_value(difference, squared_error, users) -%}
    least(
        1.,
        sqrt({{ users }} * {{ sequential_rho() }} + 1) * exp(
            -{{ sequential_rho() }} * pow({{ difference }}, 2) * {{ users }} / {{ squared_error }}
            / (2 * ({{ users }} * {{ sequential_rho() }} + 1))
        )
    )
{%- endmacro %}

{#- ρ²: (−2 ln α + ln(−2 ln α + 1)) ÷ 5000 with α = 0.05. -#}
{% macro sequential_rho() -%} ((-2 * log(0.05) + log(1 - 2 * log(0.05))) / 5000) {%- endmacro %}

{#-
    Probability of a larger value under the χ² distribution with a whole number of degrees of freedom (1 or more):
    the upper incomplete gamma function, a finite sum for those (Abramowitz & Stegun 26.4.4 and 26.4.5).
-#}
{% macro chi_square_tail(value, degrees) -%}
    if(
        {{ value }} = 0,
        1.,
        if({{ degrees }} % 2 = 1, erfc(sqrt({{ value }} / 2)), 0.) + arraySum(
            k -> exp(
                (k + {{ degrees }} % 2 / 2) * log({{ value }} / 2) - {{ value }} / 2
                - lgamma(k + {{ degrees }} % 2 / 2 + 1)
            ),
            range(toUInt64(intDiv({{ degrees }}, 2)))
        )
    )
{%- endmacro %}

{#-
    p value of a χ² test of counts against the weights of their groups (both arrays, in the same order); NULL with fewer
    than 2 groups, or fewer than 8 per group on average.
-#}
{% macro split_p_value(counts, weights) -%}
    arrayMap(
        chi_square -> if(
            length({{ counts }}) < 2 or arraySum({{ counts }}) < 8 * length({{ counts }}),
            null,
            {{ chi_square_tail('chi_square', '(length(' ~ counts ~ ') - 1)') }}
        ),
        [arraySum(arrayMap(
            (n, expected) -> pow(n - expected, 2) / expected,
            {{ counts }},
            arrayMap(share -> arraySum({{ counts }}) * share / arraySum({{ weights }}), {{ weights }})
        ))]
    )[1]
{%- endmacro %}

{#- A p value adjusted for all those of a family (sorted, itself included), after Holm. -#}
{% macro holm(p_value, sorted_p_values) -%}
    if(
        isNull({{ p_value }}),
        null,
        arrayMin([1., arrayMax(
            (other, place) -> if(other <= {{ p_value }}, other * (length({{ sorted_p_values }}) + 1 - place), 0.),
            {{ sorted_p_values }},
            arrayEnumerate({{ sorted_p_values }})
        )])
    )
{%- endmacro %}
