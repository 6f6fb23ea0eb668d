"""What schemathesis cannot know: which date-times are plausible."""

from datetime import UTC, datetime

import schemathesis
from hypothesis import strategies as st

from sla.instants import FIRST_YEAR, LAST_YEAR, to_text

schemathesis.openapi.format(
    "date-time",
    st.datetimes(datetime(FIRST_YEAR, 1, 2), datetime(LAST_YEAR, 12, 30)).map(lambda at: to_text(at.replace(tzinfo=UTC))),  # noqa: DTZ001 - hypothesis wants them so
)
schemathesis.serializer.alias("application/x-ndjson", "text/plain")
