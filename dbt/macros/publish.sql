{#-
    The end of `dbt build`: publishes when every node of the project has passed in this run, else says why not. Unit tests
    may be left out: they are of the project's SQL and not of the data, so they are run for each change of it.
-#}
{% macro finish_build(results) %}
{% if execute and flags.WHICH == 'build' and is_lock_ours() %}
    {% do show_rows_of(results | selectattr('status', 'equalto', 'warn')) %}
    {% set failed = results | selectattr('status', 'in', ['error', 'fail', 'runtime error']) | list %}
    {% set passed = results | selectattr('status', 'in', ['success', 'pass', 'warn']) | map(attribute='node.unique_id') | list %}
    {% set expected = graph.nodes.values()
        | selectattr('resource_type', 'in', ['model', 'seed', 'test'])
        | selectattr('config.enabled')
        | map(attribute='unique_id') | list %}
    {% set absent = expected | reject('in', passed) | list %}
    {% set published = namespace(value='false') %}
    {% if failed %}
        {% do show_rows_of(failed) %}
        {% do print('not published: marts keep what they had') %}
    {% elif flags.EMPTY or flags.SAMPLE %}
        {% do print('not published: built without data (--empty) or from a part of the data (--sample)') %}
    {% elif absent %}
        {% do print('not published: only a part of the project was built (' ~ absent | length ~ ' nodes were not)') %}
    {% elif dropped_rows() %}
        {% do print('not published: loads were dropped while this run read them, by forget or a sweep with a short grace (' ~ dropped_rows() ~ '): run it again') %}
    {% else %}
        {% set published.value = publish_marts() | lower %}
    {% endif %}
    {% do drop_user_buckets() %}
    {% do run_query('drop table ' ~ target.schema ~ '.run_lock sync') %}
    {% do record_run(results, published.value) %}
{% endif %}
{% endmacro %}

{#- The tables of store that any model reads, as the ledger names them: staging.user_day. -#}
{% macro tables_read() %}
    {% set read = [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' %}
        {% for source in graph.sources.values() if source.unique_id in node.depends_on.nodes and source.source_name == 'store' %}
            {% do read.append(source.name | replace('_', '.', 1)) %}
        {% endfor %}
    {% endfor %}
    {{ return(read | unique | sort) }}
{% endmacro %}

{#-
    Which of the tables that this run reads hold fewer rows of its loads than were published; '' when none. A load
    that is whole at the end of the run was so all along.
-#}
{% macro dropped_rows() %}
    {% set tables = tables_read() %}
    {% set query %}
        with pinned as (
            select event_date, load_id, argMin(rows, seq) as rows
            from ops.publications
            where (event_date, load_id) in (select event_date, load_id from {{ target.schema }}.published_loads)
            group by event_date, load_id
        )
        {% for table in tables %}
        select
            '{{ table }}' as name,
            (select sum(rows['{{ table }}']) from pinned) as published,
            (
                select count() from store.{{ table | replace('.', '_', 1) }}
                where (event_date, load_id) in (select event_date, load_id from pinned where mapContains(rows, '{{ table }}'))
            ) as stored
        where published != stored
        {{ 'union all' if not loop.last }}
        {% endfor %}
    {% endset %}
    {# An answer without rows has no columns, either. #}
    {% set names = [] %}
    {% for row in run_query(query).rows %}
        {% do names.append(row['name']) %}
    {% endfor %}
    {{ return(names | join(', ')) }}
{% endmacro %}

{#- One row of ops.dbt_runs, for who looks at how the runs went. -#}
{% macro record_run(results, is_published) %}
    {% set bad = ['error', 'fail', 'runtime error'] %}
    {% set tests = results | selectattr('node.resource_type', 'in', ['test', 'unit_test']) | list %}
    {% set models = results | selectattr('node.resource_type', 'in', ['model', 'seed']) | selectattr('status', 'equalto', 'success') | list %}
    {% set passed = tests | selectattr('status', 'in', ['pass', 'warn']) | list %}
    {% set skipped = results | selectattr('status', 'equalto', 'skipped') | list %}
    {% set tests_failed = tests | selectattr('status', 'in', bad) | list %}
    {% set failed = [] %}
    {% for result in results if result.status in bad %}{% do failed.append("'" ~ result.node.name ~ "'") %}{% endfor %}
    {% do run_query(
        "insert into ops.dbt_runs"
        ~ " (run_id, started_at, is_published, models, tests_passed, tests_failed, nodes_skipped, failed) values ('"
        ~ invocation_id ~ "', '" ~ run_started_at.strftime('%Y-%m-%d %H:%M:%S.%f') ~ "', " ~ is_published ~ ', '
        ~ models | length ~ ', ' ~ passed | length ~ ', ' ~ tests_failed | length ~ ', ' ~ skipped | length
        ~ ', [' ~ failed | join(', ') ~ '])'
    ) %}
{% endmacro %}

{#- The rows that data tests found which failed or warn, a few of each. -#}
{% macro show_rows_of(results) %}
    {% for result in results if result.node.resource_type == 'test' and result.failures %}
        {% do print(result.node.name ~ ': ' ~ result.failures ~ (' row' if result.failures == 1 else ' rows, for example')) %}
        {% for row in run_query('select * from (' ~ result.node.compiled_code ~ ') limit 5').rows %}
            {% set cells = [] %}
            {% for name, value in row.dict().items() %}
                {% do cells.append(name ~ ' = ' ~ ('NULL' if value is none else value)) %}
            {% endfor %}
            {% do print('    ' ~ cells | join(', ')) %}
        {% endfor %}
    {% endfor %}
{% endmacro %}
