{#-
    Users in buckets, so that a model that groups by user holds only some of them in memory at a time. A bucket is a
    range of user_id, since each day's part in store is sorted by it: so a bucket is read without the rest, from a
    store of any age. A user is in one bucket, which makes sums over buckets, distinct users too, those of all users.

    A model of the materialization in_buckets says by in_bucket which rows are a bucket's, in each table that it reads
    users from.
-#}

{#- Whether the row is of a user of the bucket. Rendered as what all users are, for who runs the query by itself. -#}
{% macro in_bucket(column='user_id') -%}
    ({{ column }} >= '' /* bucket */)
{%- endmacro %}

{#- The table of a model, filled bucket by bucket. -#}
{% materialization in_buckets, adapter='clickhouse' %}
    {% set existing = load_cached_relation(this) %}
    {% if existing is not none %}
        {% do adapter.drop_relation(existing) %}
    {% endif %}
    {% set table = this.incorporate(type='table') %}
    {{ run_hooks(pre_hooks) }}
    {% do clickhouse__create_empty_table(False, table, sql, True) %}
    {% for condition in conditions_of_buckets() %}
        {% set query = modules.re.sub("\((\S+) >= '' /\* bucket \*/\)", condition, sql) %}
        {% call statement('main') %}{{ clickhouse__insert_into(table, query, True) }}{% endcall %}
    {% endfor %}
    {% do persist_docs(table, model) %}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [table]}) }}
{% endmaterialization %}

{#- What in_bucket stands for, as a pattern's replacement, of each bucket in order. -#}
{% macro conditions_of_buckets() %}
    {% set firsts = run_query('select hex(first_user_id) from ' ~ target.schema ~ '.user_buckets order by first_user_id').columns[0].values() %}
    {% set conditions = [] %}
    {% for first in firsts %}
        {% set from = "\\1 >= unhex('" ~ first ~ "')" %}
        {% do conditions.append('(' ~ from ~ ')' if loop.last else '(' ~ from ~ " and \\1 < unhex('" ~ firsts[loop.index] ~ "'))") %}
    {% endfor %}
    {{ return(conditions) }}
{% endmacro %}

{#-
    Begins a run: the first user_id of each bucket, from a sample of the rows, so that buckets are of about the same
    size. There are user_buckets of them, or as many as the rows need.
-#}
{% macro make_user_buckets() %}
{% if execute and flags.WHICH in ['build', 'run'] %}
    {% set counts = [] %}
    {% for table in ['user_day', 'user_metric_day', 'user_task_day', 'user_lesson_day'] %}
        {% do counts.append('(select count() from store.staging_' ~ table ~ ')') %}
    {% endfor %}
    {% set rows = run_query('select ' ~ counts | join(' + ')).columns[0][0] %}
    {% set buckets = var('user_buckets') or rows | int // var('rows_of_bucket') + 1 %}
    {% do run_query('drop table if exists ' ~ target.schema ~ '.user_buckets sync') %}
    {% do run_query(
        'create table ' ~ target.schema ~ '.user_buckets engine MergeTree order by first_user_id as'
        ~ " select distinct arrayJoin(arrayConcat([''], arrayMap(n -> users[1 + intDiv(n * length(users), " ~ buckets ~ ')], range(1, ' ~ buckets ~ ')))) as first_user_id'
        ~ ' from (select arraySort(groupArraySample(65536, 1)(user_id)) as users from store.staging_user_day)'
    ) %}
{% endif %}
{% endmacro %}
