{#- One build at a time in the working schema: a second one would replace tables that the first is reading. The lock is
    a table there, whose comment names the run. A killed run leaves it behind. As every model makes a table, and one in
    buckets touches the lock before each of them (keep_lock), a working schema in which nothing was made for lock_minutes
    holds no living run, and the next one takes over. The working schema of each replica is its own, and so is the lock:
    runs on two of them meet in runs only (marts.sql). -#}
{% macro take_lock() %}
{% if execute and flags.WHICH == 'build' %}
    {% if run_query("select count() from system.tables where database = 'ops' and name = 'mart_runs'").columns[0][0] == 0 %}
        {% do exceptions.raise_compiler_error(
            'ClickHouse has no table ops.mart_runs, or does not show it to this user: run init as an administrator, then'
            ~ ' conf/clickhouse/grants/dbt.sql and reader.sql') %}
    {% endif %}
    {% set lock = target.schema ~ '.run_lock' %}
    {% set holder %}
        select
            comment,
            (select max(metadata_modification_time) from system.tables where database = '{{ target.schema }}') as seen_at,
            seen_at < now() - toIntervalMinute({{ var('lock_minutes') }}) as is_dead
        from system.tables
        where database = '{{ target.schema }}' and name = 'run_lock' and comment != '{{ invocation_id }}'
    {% endset %}
    {% for row in run_query(holder) if row['is_dead'] %}
        {% do print('run ' ~ row['comment'] ~ ' is dead since ' ~ row['seen_at'] ~ ': taking over') %}
        {% do run_query('drop table if exists ' ~ lock ~ ' sync') %}
    {% endfor %}
    {# One of two that come here together makes the table; both then look whose it is. #}
    {% do run_query('create table if not exists ' ~ lock ~ " (nothing UInt8) engine MergeTree order by nothing comment '" ~ invocation_id ~ "'") %}
    {% for row in run_query(holder) %}
        {% do exceptions.raise_compiler_error(
            'another run of dbt builds in ' ~ target.schema ~ ' (' ~ row['comment'] ~ ', last heartbeat ' ~ row['seen_at']
            ~ '): wait for it; if it was killed, drop ' ~ lock ~ ', or wait ' ~ var('lock_minutes') ~ ' minutes') %}
    {% endfor %}
{% endif %}
{% endmacro %}

{% macro is_lock_ours() %}
    {% set query = "select count() from system.tables where database = '" ~ target.schema ~ "' and name = 'run_lock' and comment = '" ~ invocation_id ~ "'" %}
    {{ return(run_query(query).columns[0][0] == 1) }}
{% endmacro %}

{#- A sign of life while no table is made. Another run that took the lock over has the working schema, so this one ends. -#}
{% macro keep_lock() %}
{% if flags.WHICH == 'build' %}
    {% if not is_lock_ours() %}
        {% do exceptions.raise_compiler_error('another run of dbt took ' ~ target.schema ~ ' over: see lock_minutes in dbt_project.yml') %}
    {% endif %}
    {% do run_query('alter table ' ~ target.schema ~ ".run_lock modify comment '" ~ invocation_id ~ "'") %}
{% endif %}
{% endmacro %}
