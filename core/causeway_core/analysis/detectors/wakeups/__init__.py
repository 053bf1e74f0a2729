"""Lost wake-ups of conditions and events: notified before the wait, the wrong waiter notified, a set that is cleared unseen, an unrechecked wait."""
