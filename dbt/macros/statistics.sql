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
