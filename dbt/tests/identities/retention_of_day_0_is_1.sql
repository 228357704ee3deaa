select *
from {{ ref('retention') }}
where day_number = 0 and (retention_rate is null or retention_rate != 1)
