"""Waits for the events of a day."""

from collections.abc import Sequence
from datetime import date, timedelta

from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor
from airflow.sdk.exceptions import AirflowFailException

from include import days, settings, source
from include.template import Names


class WaitForEvents(S3KeySensor):
    """Waits for the completion marker of a day's folder, or for any object the job would read.

    Where days and folders are of different zones it also waits until the folder is over, and, for a
    day whose last events lie in the next folder, for an object there. ``force`` waits for neither.

    :param event_date: the day. (templated)
    """

    template_fields: Sequence[str] = (*S3KeySensor.template_fields, "event_date")

    def __init__(self, *, event_date: str, **kwargs) -> None:
        known = settings.read()
        super().__init__(
            # Of the native layout; object names of others would be taken for wildcards.
            bucket_key=f"{known.events_prefix}dt={event_date}/"
            + (known.completion_marker or "[!_.]*"),
            wildcard_match=not known.completion_marker,
            # It would look for the key above only.
            deferrable=False,
            **kwargs,
        )
        self.event_date = event_date

    def poke(self, context) -> bool:
        day = date.fromisoformat(self.event_date)
        layout = source.layout()
        if context["params"].get("force"):
            return self._has_own(layout, day, context)
        if not layout.is_over(day, days.now()):
            self.log.info("the folder of %s is not over in %s", day, layout.zone)
            return False
        return self._has_own(layout, day, context) and self._has_end(layout, day)

    def _has_own(self, layout: source.Layout, day: date, context) -> bool:
        if not layout.objects:
            return super().poke(context)
        marker = settings.read().completion_marker
        return self._has_marker(layout, day, marker) if marker else self._has_any(layout, day)

    def _has_end(self, layout: source.Layout, day: date) -> bool:
        """A next folder that is over and empty has no end of the day."""
        following = day + timedelta(days=1)
        return (
            not layout.ends_in_next_folder(day)
            or layout.is_over(following, days.now())
            or self._has_any(layout, following)
        )

    def _has_marker(self, layout: source.Layout, day: date, marker: str) -> bool:
        bucket, root = _place()
        folders = {names.folder for names in layout.names(day)} - {""}
        if not folders:
            raise AirflowFailException(
                f"completion_marker = {marker!r}: no template of source.layout.objects "
                f"({', '.join(layout.objects)}) begins with a folder that has the whole date and "
                "no wildcard, where a marker could lie: leave completion_marker empty"
            )
        keys = [f"{root}{folder}{marker}" for folder in sorted(folders)]
        self.log.info("looking for one of %s in %s", keys, bucket)
        return any(self.hook.check_for_key(key, bucket) for key in keys)

    def _has_any(self, layout: source.Layout, folder: date) -> bool:
        bucket, root = _place()
        by_prefix: dict[str, list[Names]] = {}
        for names in layout.names(folder):
            by_prefix.setdefault(names.prefix, []).append(names)
        for prefix, wanted in by_prefix.items():
            place = f"s3://{bucket}/{root}{prefix}"
            if not prefix:
                self.log.warning(
                    "a template begins with a wildcard: each look lists all objects of %s", place
                )
            self.log.info("looking for objects of %s below %s", folder, place)
            for found in self.hook.iter_file_metadata(root + prefix, bucket):
                if any(names.match(found["Key"][len(root) :]) for names in wanted):
                    self.log.info("found s3://%s/%s", bucket, found["Key"])
                    return True
        return False


def _place() -> tuple[str, str]:
    """Bucket and folder of all events; not by a parser of addresses, which would end at a ``#``."""
    bucket, _, root = settings.read().events_prefix.removeprefix("s3://").partition("/")
    return bucket, root
