-- DAU <= WAU <= MAU.
select *
from {{ ref('active_users') }}
where dau > wau or wau > mau
