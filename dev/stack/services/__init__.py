"""The local S3 and ClickHouse, run by ``python -m dev.stack.services``.

The modules, in the order a start runs through them:

- ``state``       where a set of services keeps its passwords, ports, logs and data
- ``users``       the ClickHouse users file, made from ``conf/clickhouse/grants/*.sql``
- ``process``     one detached process: start it, know it again, end it
- ``clickhouse``  configuration of the embedded server, and questions to it over HTTP
- ``embedded``    what runs inside the server's own process
- ``s3``          the local S3 (s3proxy) and its bucket
- ``commands``    up, down, clean, status: the only place that knows the order of steps
"""


class ServiceError(Exception):
    """Something the person at the keyboard has to mend; its text is all they are shown."""
