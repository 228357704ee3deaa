"""A real Airflow on this machine, with the project's DAGs, run by ``python -m dev.stack.nightly``.

- ``database``  Airflow's database: a PostgreSQL of its own
- ``server``    configuration and processes of Airflow
- ``client``    its REST interface
- ``day``       runs one day through both DAGs and prints the outcome
"""
