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

{#- The table of a model, filled bucket by bucket; it has its name when it is whole. -#}
{% materialization in_buckets, adapter='clickhouse' %}
    {% set table = this.incorporate(type='table') %}
    {% set filled = make_intermediate_relation(table) %}
    {% set condition_of_all = "\(([\w.]+) >= '' /\* bucket \*/\)" %}
    {% if not modules.re.search(condition_of_all, sql) %}
        {% do exceptions.raise_compiler_error('a model in buckets says by in_bucket() which rows are those of a bucket') %}
    {% endif %}
    {{ run_hooks(pre_hooks) }}
    {% do adapter.drop_relation(filled) %}
    {% do clickhouse__create_empty_table(False, filled, sql, True) %}
    {% for condition in conditions_of_buckets() %}
        {% do keep_lock() %}
        {% set query = modules.re.sub(condition_of_all, condition, sql) %}
        {% call statement('main') %}{{ clickhouse__insert_into(filled, query, True) }}{% endcall %}
    {% endfor %}
    {% set existing = load_cached_relation(this) %}
    {% if existing is not none %}
        {% do adapter.drop_relation(existing) %}
    {% endif %}
    {% do adapter.rename_relation(filled, table) %}
    {% do persist_docs(table, model) %}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [table]}) }}
{% endmaterialization %}

{#-
    For a model whose rows are arrays of a user's days: blocks of the default size would be of hundreds of MB. Also for
    one that groups many rows by user: parts are sorted by user_id, so the groups of a small block stay in the processor's
    cache.
-#}
{% macro small_blocks() %}
    {{ return({'max_block_size': 8192}) }}
{% endmacro %}

{#- A skip index, so that a model in buckets reads only the rows of its bucket from this table. -#}
{% macro index_of_users() %}
    {{ return([{'name': 'users', 'definition': 'user_id type minmax granularity 1'}]) }}
{% endmacro %}

{#- What in_bucket stands for, as a pattern's replacement, of each bucket. `dbt run`, which has no lock and so no table
    of buckets, takes all users at once. The ids are looked up by the server, so that no query log has them. -#}
{% macro conditions_of_buckets() %}
    {% set table = target.schema ~ '.user_buckets' %}
    {% set first = 'assumeNotNull((select first_user_id from ' ~ table ~ ' where bucket = %d))' %}
    {% set buckets = run_query('select count() from ' ~ table).columns[0][0] | int if flags.WHICH == 'build' else 1 %}
    {% if buckets == 0 %}
        {% do exceptions.raise_compiler_error(table ~ ' is empty: another run of dbt has made it anew; run this one again') %}
    {% endif %}
    {% set conditions = [] %}
    {% for bucket in range(buckets) %}
        {% set from = "\\1 >= " ~ (first % bucket if bucket else "''") %}
        {% set to = '' if loop.last else ' and \\1 < ' ~ first % (bucket + 1) %}
        {% do conditions.append('(' ~ from ~ to ~ ')') %}
    {% endfor %}
    {{ return(conditions) }}
{% endmacro %}

{#-
    Begins a build: the first user_id of each bucket, from a sample of the rows, so that buckets are of about the same
    size; the first bucket begins with ''. There are user_buckets of them, or as many as the rows need.
-#}
{% macro make_user_buckets() %}
{% if execute and flags.WHICH == 'build' %}
    {% set counts = [] %}
    {% for table in ['user_day', 'user_metric_day', 'user_task_day', 'user_lesson_day'] %}
        {% do counts.append('(select count() from store.staging_' ~ table ~ ')') %}
    {% endfor %}
    {% set rows = run_query('select ' ~ counts | join(' + ')).columns[0][0] %}
    {% set buckets = var('user_buckets') or rows | int // var('rows_of_bucket') + 1 %}
    {% set bounds %}
        create table {{ target.schema }}.user_buckets engine MergeTree order by bucket as
        with sample as (
            select arraySort(groupArraySample(65536, 1)(user_id)) as users from store.staging_user_day
        ),
        bounds as (
            select distinct arrayJoin(arrayConcat(
                [''], arrayMap(n -> users[1 + intDiv(n * length(users), {{ buckets }})], range(1, {{ buckets }}))
            )) as first_user_id
            from sample
        )
        select toUInt32(row_number() over (order by first_user_id) - 1) as bucket, first_user_id from bounds
    {% endset %}
    {% do drop_user_buckets() %}
    {% do run_query(bounds) %}
{% endif %}
{% endmacro %}

{#- They are ids of users, which no run leaves behind. -#}
{% macro drop_user_buckets() %}
    {% do run_query('drop table if exists ' ~ target.schema ~ '.user_buckets sync') %}
{% endmacro %}
