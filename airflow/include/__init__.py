"""What the DAGs are wired from. Deployed beside ``dags``: the folder above both is the DAG bundle.

- ``settings``  section ``[edtech]`` of Airflow's configuration, typed
- ``days``      which day, or range of days, a run is about
- ``source``    where the objects of a day lie, from a preset or the job's settings file
- ``template``  what these objects are called
- ``events``    waits for them
- ``access``    addresses, users and passwords from Airflow's connections
- ``spark``     spark-submit of a command of the job
- ``emr``       the same as a step of an EMR cluster
- ``dbt``       a command of dbt
- ``alerts``    who is told of a failed task
- ``policy``    what all DAGs have in common
- ``process``   locale and proxies of what a task starts and calls, in force with the import
"""

from include import process

process.prepare()
