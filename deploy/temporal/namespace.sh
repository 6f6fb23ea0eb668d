#!/bin/sh
# Makes the namespace with its retention and the search attributes that cases are found by; what exists stays, but for the
# retention, which becomes RETENTION. TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE say where. For Temporal Cloud see
# docs/operations.md: there these are made in its console or with tcld.
set -eu
: "${TEMPORAL_ADDRESS:?host:port of Temporal}" "${TEMPORAL_NAMESPACE:?the namespace}" "${RETENTION:?such as 30d}"

patience=60
until temporal operator cluster health >/dev/null 2>&1; do
  patience=$((patience - 1))
  [ "$patience" -gt 0 ] || { echo "Temporal at $TEMPORAL_ADDRESS does not answer." >&2; exit 1; }
  sleep 2
done

if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
else
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION" \
    --description "Milepost: a workflow for each case"
fi

# A new namespace is known to all parts of the server only after a while.
until known=$(temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE" 2>/dev/null); do
  patience=$((patience - 1))
  [ "$patience" -gt 0 ] || { echo "The namespace $TEMPORAL_NAMESPACE does not come up." >&2; exit 1; }
  sleep 2
done
attribute() {
  echo "$known" | grep -qw "$1" ||
    temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$1" --type "$2"
}
attribute SlaProcess Keyword
attribute SlaAccount Keyword
attribute SlaStatus Keyword
attribute SlaNextDeadline Datetime
attribute SlaOwnerKind Keyword
