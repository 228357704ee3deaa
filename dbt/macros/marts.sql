{#-
    Publication of the history marts. Rows of every run lie in the database runs, in partitions by the number of the
    run; marts has views that show the run with the highest number in ops.mart_runs. So one row published there
    changes all marts at once. A number is never used twice: what a killed run left is below the next number, in a
    partition that no view shows.

    A table of runs is named by mart and form (columns and sorting key): retention__5d0c2a97. A release that changes a
    mart begins a table beside the old one. Until the row is in, the view reads both, and has the columns that both
    have.

    On replicas each server shows a run when it holds all of its rows itself: views ask its own ops.shown_runs where one
    server asks ops.mart_runs. Two runs at once, on two servers even, do each other no harm: the one that took the higher
    number is shown, whatever the order of their rows, and only what is below all that replicas show is dropped.
-#}

{#- Publishes every table but the intermediate ones; published_loads is among them, to say what they are made of. -#}
{% macro publish_marts() %}
    {% set marts = {} %}
    {% for model in graph.nodes.values() if model.resource_type == 'model' and model.config.materialized == 'table' and model.fqn[1] != 'intermediate' %}
        {% do marts.update({model.alias: model.description | trim}) %}
    {% endfor %}
    {% set state = run_query('select count() as days, min(event_date) as first, max(event_date) as last from ' ~ target.schema ~ '.published_loads').rows[0] %}
    {% set days = state['days'] ~ ' days, ' ~ state['first'] ~ ' to ' ~ state['last'] if state['days'] > 0 else 'no day, as none is published' %}
    {% do take_tables_along() %}
    {% set tables_before = tables_of_views() %}
    {% set is_shown = publish_run(target.schema, invocation_id, marts) %}
    {% if is_shown %}
        {% do drop_what_nobody_reads(marts, tables_before) %}
        {% do print('published: ' ~ marts | length ~ ' tables in marts of ' ~ days ~ ' (run ' ~ invocation_id ~ ')') %}
    {% else %}
        {% do print('not published: a run that began to publish later is shown') %}
    {% endif %}
    {{ return(is_shown) }}
{% endmacro %}

{#-
    Before there were views, the marts were tables, each with its run in the comment: publishes them as they are, as a
    run of their own, which puts views in their place. A killed run leaves some of both, with the same rows.
-#}
{% macro take_tables_along() %}
    {% set tables = {} %}
    {% set query %}
        select name, substring(comment, 1, position(comment, '\ndbt run ') - 1) as description from system.tables
        where database = 'marts' and engine = 'MergeTree' and position(comment, '\ndbt run ') > 0
    {% endset %}
    {% for row in run_query(query).rows %}
        {% do tables.update({row['name']: (row['description'] or '') | trim}) %}
    {% endfor %}
    {% if tables %}
        {% do publish_run('marts', 'before', tables) %}
    {% endif %}
{% endmacro %}

{#- Publishes tables of a database, given with their descriptions, as one run. Returns whether readers see it. -#}
{% macro publish_run(database, run_id, descriptions) %}
    {% set seq = run_query('select toString(greatest(generateSnowflakeID(), max(seq) + 1)) from ops.mart_runs').columns[0][0] %}
    {% set tables_before, shown = tables_of_views(), shown_runs() %}
    {% set tables = make_run_tables(database, descriptions.keys() | list) %}
    {% for mart, table in tables.items() %}
        {% do run_query('insert into runs.' ~ table ~ ' select ' ~ seq ~ ', * from ' ~ database ~ '.' ~ mart) %}
    {% endfor %}
    {% set rows = count_rows(database, tables, seq) %}
    {% set statements = [] %}
    {% for mart, table in tables.items() if tables_before.get(mart, [table]) != [table] %}
        {% do statements.extend(view_of_mart(database, mart, descriptions[mart], (tables_before[mart] + [table]) | unique | list, shown)) %}
    {% endfor %}
    {% do run_all(statements) %}
    {% if statements %}
        {# A query that found the view of before looks up the run a moment later: it must not find this one. #}
        {% do run_query('select sleep(1)') %}
    {% endif %}
    {% do run_query('insert into ops.mart_runs (seq, run_id, rows) values (' ~ seq ~ ", '" ~ run_id ~ "', map(" ~ rows | join(', ') ~ '))') %}
    {% set is_shown = run_query('select max(seq) = ' ~ seq ~ ' from ops.mart_runs').columns[0][0] == 1 %}
    {% if is_shown %}
        {% if not comes_true('(select max(seq) from ' ~ shown ~ ') >= ' ~ seq) %}
            {% do print('this replica does not show run ' ~ run_id ~ ' yet, as it lacks some of the rows: see system.replication_queue') %}
        {% endif %}
        {% set statements = [] %}
        {% for mart, table in tables.items() %}
            {% do statements.extend(view_of_mart(database, mart, descriptions[mart], [table], shown)) %}
        {% endfor %}
        {% if statements and not comes_true(lowest_shown() ~ ' >= ' ~ seq) %}
            {% do print('a replica does not show run ' ~ run_id ~ ' yet: columns and comments of ' ~ statements | length ~ ' marts change with the next run') %}
        {% else %}
            {% do run_all(statements) %}
        {% endif %}
    {% endif %}
    {{ return(is_shown) }}
{% endmacro %}

{% macro run_all(statements) %}
    {% for statement in statements %}
        {% do run_query(statement) %}
    {% endfor %}
{% endmacro %}

{#- The job's rule, too: the engine of the database store (ReplicatedTables.java). -#}
{% macro is_replicated() %}
    {{ return(run_query("select count() from system.databases where name = 'store' and engine = 'Replicated'").columns[0][0] == 1) }}
{% endmacro %}

{#- The table whose highest seq is the run that readers of this server see. -#}
{% macro shown_runs() %}
    {{ return('ops.shown_runs' if is_replicated() else 'ops.mart_runs') }}
{% endmacro %}

{#- The lowest run that readers of any server see; 0 where one has not said so yet. A query. -#}
{% macro lowest_shown() %}
    {% set of_replicas %}
        (
            select min(seq) from (
                select replica, max(said.seq) as seq
                from (
                    select arrayJoin(mapKeys(replica_is_active)) as replica from system.replicas
                    where database = 'ops' and table = 'mart_runs'
                ) as replicas
                left join ops.replica_runs as said using (replica)
                group by replica
            )
        )
    {% endset %}
    {{ return(of_replicas if is_replicated() else '(select max(seq) from ops.mart_runs)') }}
{% endmacro %}

{#- Whether a condition holds within a minute; on one server it does at once. -#}
{% macro comes_true(condition) %}
    {% set found = namespace(is_true=false) %}
    {% for look in range(120) if not found.is_true %}
        {% if look %}{% do run_query('select sleep(0.5)') %}{% endif %}
        {% set found.is_true = run_query('select ' ~ condition).columns[0][0] == 1 %}
    {% endfor %}
    {{ return(found.is_true) }}
{% endmacro %}

{#- The tables of runs that the view of each mart reads, by the name of the mart. -#}
{% macro tables_of_views() %}
    {% set tables = {} %}
    {% set query %}
        select name, arrayStringConcat(extractAll(as_select, 'FROM runs\\.(\\w+)'), ',') as tables from system.tables
        where database = 'marts' and engine = 'View' and position(as_select, 'FROM runs.') > 0
    {% endset %}
    {% for row in run_query(query).rows %}
        {% do tables.update({row['name']: row['tables'].split(',')}) %}
    {% endfor %}
    {{ return(tables) }}
{% endmacro %}

{#- The tables of runs for the rows of tables of a database, by the name of each; made where their form is new. -#}
{% macro make_run_tables(database, names) %}
    {% set tables = {} %}
    {% set query %}
        select
            tables.name as name,
            columns,
            if(sorting_key = '', 'tuple()', sorting_key) as sorting_key,
            concat(name, '__', lower(substring(hex(sipHash64(columns, sorting_key)), 1, 8))) as run_table,
            run_table in (select name from system.tables where database = 'runs') as is_there
        from system.tables as tables
        inner join (
            select
                table,
                arrayStringConcat(arraySort(groupArray((position, concat('`', name, '` ', type)))).2, ', ') as columns
            from system.columns
            where database = '{{ database }}'
            group by table
        ) as form on form.table = tables.name
        where tables.database = '{{ database }}' and tables.name in ('{{ names | join("', '") }}')
        order by name
    {% endset %}
    {% set engine = 'ReplicatedMergeTree' if is_replicated() else 'MergeTree' %}
    {% for row in run_query(query).rows %}
        {% if not row['is_there'] %}
            {% do run_query(
                'create table if not exists runs.' ~ row['run_table'] ~ ' (run_seq UInt64, ' ~ row['columns'] ~ ')'
                ~ ' engine = ' ~ engine ~ ' partition by run_seq order by (' ~ row['sorting_key'] ~ ')'
                ~ ' settings fsync_after_insert = 1, fsync_part_directory = 1') %}
        {% endif %}
        {% do tables.update({row['name']: row['run_table']}) %}
    {% endfor %}
    {{ return(tables) }}
{% endmacro %}

{#- What the run holds, as keys and values of a map; no rows may be missing. -#}
{% macro count_rows(database, tables, seq) %}
    {% set counts = [] %}
    {% for mart, table in tables.items() %}
        {% do counts.append(
            "select '" ~ mart ~ "' as mart, (select count() from " ~ database ~ '.' ~ mart ~ ') as built,'
            ~ ' (select count() from runs.' ~ table ~ ' where run_seq = ' ~ seq ~ ') as stored') %}
    {% endfor %}
    {% set rows = [] %}
    {% for row in run_query(counts | join(' union all ')).rows %}
        {% if row['built'] != row['stored'] %}
            {% do exceptions.raise_compiler_error(
                'not published: runs.' ~ tables[row['mart']] ~ ' holds ' ~ row['stored'] ~ ' rows of run ' ~ seq ~ ' instead of the '
                ~ row['built'] ~ ' of ' ~ database ~ '.' ~ row['mart'] ~ ': run it again') %}
        {% endif %}
        {% do rows.append("'" ~ row['mart'] ~ "', " ~ row['stored']) %}
    {% endfor %}
    {{ return(rows) }}
{% endmacro %}

{#-
    The statement that makes the view of a mart over tables of runs; none if it is there just so: on replicas a statement
    waits for those that are away. The view has the columns that all of the tables have, reads with the rights of who
    asks, and takes the snapshot of what is shown first, from the table shown_runs, as the views on store do
    (docs/publication.md).
-#}
{% macro view_of_mart(database, mart, description, tables, shown_runs) %}
    {% set query %}
        select name, type, comment from system.columns
        where database = '{{ database }}' and table = '{{ mart }}' and (name, type) in (
            select name, type from system.columns
            where database = 'runs' and table in ('{{ tables | join("', '") }}')
            group by name, type having count() = {{ tables | length }}
        )
        order by position
    {% endset %}
    {% set columns, nothing, names = [], [], [] %}
    {% for column in run_query(query).rows %}
        {% set name = '`' ~ column['name'] ~ '`' %}
        {% do names.append(name) %}
        {% do columns.append(name ~ ' ' ~ column['type'] ~ (' comment ' ~ clickhouse_escape_comment(column['comment']) if column['comment'] else '')) %}
        {% do nothing.append("defaultValueOfTypeName('" ~ column['type'] | replace("'", "\\'") ~ "') as " ~ name) %}
    {% endfor %}
    {% set view %}
        view marts.{{ mart }} ({{ columns | join(', ') }}) sql security invoker {{ 'comment ' ~ clickhouse_escape_comment(description) if description }}
        as select {{ nothing | join(', ') }} from {{ shown_runs }} where false
        {% for table in tables %}
        union all select {{ names | join(', ') }} from runs.{{ table }} where run_seq in (select max(seq) from {{ shown_runs }})
        {% endfor %}
    {% endset %}
    {% set is_there %}
        select count() from system.tables
        where database = 'marts' and name = '{{ mart }}' and create_table_query = formatQuerySingleLine($view$create {{ view }}$view$)
    {% endset %}
    {% if not names %}
        {{ return(['drop view if exists marts.' ~ mart]) }}
    {% endif %}
    {{ return([] if run_query(is_there).columns[0][0] else ['create or replace ' ~ view]) }}
{% endmacro %}

{#-
    Marts that are no more, tables of runs that no view reads, and rows of runs before the one that was shown before: a
    query that found that one to be shown may not have come to its rows yet.
-#}
{% macro drop_what_nobody_reads(marts, tables_before) %}
    {% set statements = [] %}
    {% for mart in tables_before if mart not in marts %}
        {% do statements.append('drop view if exists marts.' ~ mart) %}
    {% endfor %}
    {% set tables_read = (tables_before.values() | sum(start=[])) + (tables_of_views().values() | sum(start=[])) %}
    {% for row in run_query("select name from system.tables where database = 'runs'").rows if row['name'] not in tables_read %}
        {% do statements.append('drop table runs.' ~ row['name']) %}
    {% endfor %}
    {# On replicas these wait for those that are away. #}
    {% if statements and comes_true(lowest_shown() ~ ' = (select max(seq) from ops.mart_runs)') %}
        {% do run_all(statements) %}
    {% endif %}
    {% set query %}
        with
            {{ lowest_shown() }} as shown,
            (select max(seq) from ops.mart_runs where seq < shown) as shown_before
        select distinct table, partition from system.parts
        where database = 'runs' and active and toUInt64(partition) < shown and toUInt64(partition) != shown_before
    {% endset %}
    {% for row in run_query(query).rows %}
        {% do run_query('alter table runs.' ~ row['table'] ~ ' drop partition ' ~ row['partition'] ~ ' settings alter_sync = 1') %}
    {% endfor %}
{% endmacro %}
