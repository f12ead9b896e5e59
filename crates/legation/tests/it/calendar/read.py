"""Reads a calendar with the library `icalendar`, for a test.

Usage: read.py FILE. FILE is a calendar, or a mail with one in it (standard library). Prints JSON:
the method, the events, and of a mail its headers and kinds of parts. With a second argument
`reply:PARTSTAT`, prints instead the mail with which the receiver answers, written by that library.
"""

import email
import email.policy
import json
import sys

import icalendar

raw = open(sys.argv[1], "rb").read()
told = {}
if not raw.lstrip().startswith(b"BEGIN:VCALENDAR"):
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert not mail.defects, mail.defects
    part = next(p for p in mail.walk() if p.get_content_type() == "text/calendar")
    told = {
        "id": mail["message-id"],
        "to": mail["to"].addresses[0].addr_spec,
        "from": mail["from"].addresses[0].addr_spec,
        "subject": mail["subject"],
        "parts": [p.get_content_type() for p in mail.walk()],
        "part_method": part.get_param("method"),
        "text": mail.get_body(("plain",)).get_content(),
    }
    raw = part.get_payload(decode=True)
calendar = icalendar.Calendar.from_ical(raw)
assert not calendar.errors, calendar.errors


def moment(event, name):
    prop = event.get(name)
    return None if prop is None else prop.to_ical().decode()


events = []
for event in calendar.walk("VEVENT"):
    assert not event.errors, event.errors
    attendees = event.get("ATTENDEE", [])
    attendees = attendees if isinstance(attendees, list) else [attendees]
    events.append(
        {
            "uid": str(event["UID"]),
            "sequence": int(event["SEQUENCE"]),
            "start": moment(event, "DTSTART"),
            "end": moment(event, "DTEND"),
            "summary": str(event["SUMMARY"]),
            "location": str(event.get("LOCATION", "")),
            "description": str(event.get("DESCRIPTION", "")),
            "status": str(event["STATUS"]),
            "attendees": [str(one) for one in attendees],
            "organizer": str(event.get("ORGANIZER", "")),
        }
    )
told["method"] = str(calendar["METHOD"])
told["events"] = events

if len(sys.argv) > 2:
    partstat = sys.argv[2].removeprefix("reply:")
    invited = calendar.walk("VEVENT")[0]
    reply = icalendar.Calendar()
    reply.add("prodid", "-//A client//EN")
    reply.add("version", "2.0")
    reply.add("method", "REPLY")
    event = icalendar.Event()
    for name in ("UID", "SEQUENCE", "ORGANIZER", "DTSTART"):
        event[name] = invited[name]
    import datetime

    event.add("dtstamp", datetime.datetime.now(datetime.timezone.utc))
    attendee = invited["ATTENDEE"]
    attendee.params["PARTSTAT"] = icalendar.vText(partstat)
    event.add("attendee", attendee, encode=0)
    reply.add_component(event)
    answer = email.message.EmailMessage(policy=email.policy.SMTP)
    answer["From"] = told["to"]
    answer["To"] = told["from"]
    answer["Subject"] = f"{partstat}: {told['subject']}"
    answer.set_content("I answer.\n")
    answer.add_alternative(reply.to_ical(), "text", "calendar", params={"method": "REPLY"}, cte="base64")
    sys.stdout.buffer.write(answer.as_bytes())
else:
    print(json.dumps(told))
