{#-
    A sample of two values with this many users (2 or more), mean and squared standard error. A t-test sees nothing
    else of a sample, so this one may stand in for the users, whose exact figures are known, and no error of
    adding them as floats comes in.
-#}
{% macro sample(users, mean, squared_error) -%}
    arrayConcat(
        arrayWithConstant(
            intDiv({{ users }}, 2),
            {{ mean }} + sqrt({{ squared_error }} * ({{ users }} - 1) * ceil({{ users }} / 2) / floor({{ users }} / 2))
        ),
        arrayWithConstant(
            {{ users }} - intDiv({{ users }}, 2),
            {{ mean }} - sqrt({{ squared_error }} * ({{ users }} - 1) * floor({{ users }} / 2) / ceil({{ users }} / 2))
        )
    )
{%- endmacro %}

{#-
    Welch's two-sided t-test at 95 % of two arms, in units of the standard error of their difference:
    (t, p value, and the interval of the difference, low and high).
-#}
{% macro welch_test(t, control_users, control_share, users, share) -%}
    arrayReduce(
        'welchTTest(0.95)',
        arrayConcat({{ sample(users, t, share) }}, {{ sample(control_users, '0.', control_share) }}),
        arrayConcat(arrayWithConstant({{ users }}, 0), arrayWithConstant({{ control_users }}, 1))
    )
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
