"""Sample events for the learning app: believable, deterministic, and with a known truth.

The modules in the order data flows:

- ``model``      the parameters: retention curve, success model, A/B tests, prices
- ``learners``   who the users are: traits drawn from (seed, user) alone
- ``events``     one event and the many ways a client may write it as a JSON line
- ``behaviour``  what a learner does on a day: sessions, tasks, purchases, assignments
- ``circumstances``  where the learner is, on which version; how long lessons took
- ``faults``     lines that must be rejected, one function per reason; blank lines
- ``days``       the lines of one ``dt=`` folder, each with the outcome it is meant to have
- ``company``    what ``company.conf`` slices and measures, of what was meant
- ``truth``      counts of what was meant, day by day
- ``objects``    lines to object bytes (CRLF, BOM, gzip)
- ``storage``    objects to a local folder or to S3
- ``bench``      large days for measurements
"""
