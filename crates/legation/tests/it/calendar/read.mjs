// Reads a calendar with ical.js, the parser of Thunderbird, for a test.
//
// Usage: node read.mjs MODULE FILE. Prints the method and the events as JSON.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { default: ICAL } = await import(pathToFileURL(process.argv[2]).href);
const calendar = new ICAL.Component(ICAL.parse(readFileSync(process.argv[3], "utf8")));
const events = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    sequence: event.sequence,
    start: event.startDate.toICALString(),
    end: component.hasProperty("dtend") ? event.endDate.toICALString() : null,
    summary: event.summary,
    location: event.location ?? "",
    description: event.description ?? "",
    status: component.getFirstPropertyValue("status"),
    attendees: event.attendees.map((one) => one.getFirstValue()),
    organizer: event.organizer ?? "",
  };
});
console.log(JSON.stringify({ method: calendar.getFirstPropertyValue("method"), events }));
