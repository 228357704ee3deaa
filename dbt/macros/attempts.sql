{#-
    A user's attempts at a task on a day as one number, so that those of a year fit in memory and sort as numbers: from
    the top the task's number (24 bits), the date (16), whether the day's last attempt succeeded (1) and whether any did
    (1), and the outcomes (21). Those are the first 20 of the day, the first one in the lowest bit, below a 1 that marks
    their end; of a day whose outcomes are not known the first one alone, without that mark.
-#}
{% macro attempts_of_day() -%}
    bitOr(
        bitOr(bitShiftLeft(toUInt64(task), 40), bitShiftLeft(toUInt64(event_date), 24)),
        bitOr(
            bitOr(bitShiftLeft(last_is_success::UInt32, 22), bitShiftLeft((successes > 0)::UInt32, 21)),
            if(
                empty(outcomes),
                toUInt32(first_is_success),
                bitShiftLeft(1::UInt32, least(length(outcomes), 20)) + bitAnd(
                    arraySum(
                        (is_success, number) -> bitShiftLeft(is_success::UInt32, least(number - 1, 20)),
                        outcomes,
                        arrayEnumerate(outcomes)
                    ),
                    1048575
                )
            )
        )
    )
{%- endmacro %}

{#- What such numbers say. -#}
{% macro task_of(day) -%}
    toUInt32(bitShiftRight({{ day }}, 40))
{%- endmacro %}

{% macro outcomes_of(day) -%}
    toUInt32(bitAnd({{ day }}, 2097151))
{%- endmacro %}

{#- How many outcomes there are below the mark: 0 where they are not known. -#}
{% macro number_of(outcomes) -%}
    toUInt32(log2(greatest({{ outcomes }}, 1)))
{%- endmacro %}
