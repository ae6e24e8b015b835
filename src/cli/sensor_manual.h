#pragma once

#include <string_view>

namespace qflow {

// What the kinds of sensors see and what their events hold, as wrap_text takes it (help_text.h): for the topic and the
// man page.
inline constexpr std::string_view kSensorsText =
    R"(A sensor looks at something again and again. Each tick looks at the sensors that are due, all at once; what a look finds, and where it stopped, is one transaction, so that each change fires once, also when a tick is killed. A look that fails changes nothing: it is tried again, ever more rarely, and the next one that works goes on from the same place. `qflow flows` and `qflow explain` show the last error; `qflow sensor peek FLOW/TRIGGER` looks now and records nothing; `qflow sensor reset FLOW/TRIGGER` begins anew.

What is there at the first deploy does not fire, unless baseline = "fire"; nor does what changes while the sensor is disabled (exec goes on from its cursor). A redeploy goes on from where the sensor was, unless it watches something else: another path, pattern or done_marker, database, table, query or condition, bucket, prefix or url. Then it begins anew with what is there now, and deploy says so.

Passwords and keys come from the environment of the tick, or from the store's secrets/NAME.

file, directory: a file fires once its size, mtime and inode are the same in two looks at least `settle` apart, whatever its mtime says; "0s" fires at first sight. A tick waits up to 10 s for the second look. With `done_marker` a file fires as soon as its marker is there and at least as new as the file, and not without one; where the marker is older, it may belong to what was there before, and the file has to settle, too; {name} is the file's name, {stem} the same without its last extension. Only regular files count, and links whose target lies inside the watched folder. Names such as .*, *.tmp, *.part, *.filepart, *~ are passed over unless the pattern names them. A folder that is gone or can't be read is an error, never a deletion. A file replaced under its name (another inode) matches both created and modified, once; a rename is deleted and created.

Its payload: path (absolute), name, size (bytes), mtime (RFC 3339, UTC), event_type, replaced (true or false); path_base64 with the exact bytes, only where the path is not UTF-8. With per = "batch": files (a list of these) and count.

database: all numbers of a look are of one moment, read in one transaction that can't write. `table_name` is table or schema.table as written; `condition` is what would stand after WHERE. What [engine] leaves open (host, user) is libpq's to fill, from PGHOST and PGUSER for instance; a password comes from password_secret alone.

row_count: created fires when the number grew, deleted when it shrank, modified and all for both. Payload: table, event_type, old_count, count, added.

timestamp_column: fires when there are rows later than the maximum, or rows at it that the last look did not find there. Older rows, rows without a timestamp and rows that vanish fire nothing. Rows are told apart by the primary key, else by all columns; of more than 10,000 rows at the maximum only the number counts. Payload: table, event_type, old_maximum (null at first), maximum, rows (how many are new).

custom_query: one SELECT with at most 1 MiB of result; fires when the result differs, order and names of columns included. Payload: event_type, old_result, result (a single value as it is, else a list of objects), truncated (true: a result over 16 KiB is null).

s3: lists `bucket` below `prefix`. `pattern` is about the key after the prefix's last slash. Keys come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, the region from `region`, AWS_REGION or AWS_DEFAULT_REGION, else us-east-1. An object whose ETag stays the same has not changed. Payload: bucket, key, size (bytes), etag, last_modified, event_type; size and last_modified are null when it was deleted. With per = "batch": objects (a list of these) and count.

http: fires when the ETag of `url` changes; without one in both answers, when Last-Modified or the SHA-256 of the body changes. Any status but 2xx is an error, and so are more than 5 redirects, or a body over 64 MiB with neither ETag nor Last-Modified. Payload: url (without credentials), event_type, etag, last_modified, sha256, size, status.

exec: runs `command` in the flow file's folder. Each line that it prints is a JSON object and becomes an event: payload, and if wanted timestamp, value, sender, context, idempotency_key. A last line {"cursor": ...} comes back next time as JSON text in QFLOW_CURSOR, which is not set at first: what it stands for is in the ledger then, and can be acknowledged. An exit status other than 0 reports nothing.
)";

}  // namespace qflow
