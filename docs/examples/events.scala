// Looking at a day before it is loaded, or at why it was refused: make spark-shell, then these lines.
events("2026-03-01").groupBy("event_type").count().orderBy("event_type").show()

spark.sql("SELECT reason, count(*) AS lines FROM rejected_events GROUP BY reason ORDER BY reason").show()

spark.sql("SELECT dau, event_count, session_count FROM daily_activity").show()

spark.sql("SELECT user_id, event_count, revenue FROM user_day ORDER BY revenue DESC, user_id LIMIT 3").show()
