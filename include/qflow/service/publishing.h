#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/model/project_namespace.h"
#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// One event to publish.
struct Publication {
  Event event;                   // without id, recorded_at and caused_by
  bool timestamp_given = false;  // else it is the moment of publishing
  bool namespaced = false;       // becomes {project}.{branch}.{name}
  std::optional<std::string> idempotency_key = {};
  std::string origin = {};  // for messages: "events.jsonl:3"; "" when the event is the only one
  std::string note = {};    // what became of its name as it was written, or ""
};

// Sets the name; `namespaced` is set before. Of a namespaced event, characters that names can't hold are removed, with
// a note, as on the side that listens. kInvalid when it is no name.
Status take_name(Publication& publication, const std::string& written);

// What became of it. Of a duplicate, `id` is the first one's and there are no effects, nor with kSilently.
struct PublishedNow {
  std::string id;
  std::string name;
  bool duplicate = false;
  std::vector<TriggerOutcome> effects = {};
};

// All of them, in their order.
struct Published {
  std::vector<PublishedNow> events;
  std::vector<std::string> passed_over;  // deployed flows that can't be read, each a sentence
};

// Who publishes: a run, whose step called qflow publish, or a person.
struct Publisher {
  std::optional<Run> run;
  std::string name_space;  // of the run, else of the options; "" without a project
  std::string note = {};   // what became of the options' branch, or of the user's name, or ""
};

// The calling run (calling_run.h) and what the namespace options say.
Result<Publisher> find_publisher(Store& store, const NamespaceOverride& options, const Doors& doors);

// A batch: one JSON object per line, with the keys of an event, `namespaced` and `idempotency_key`. Empty lines are
// skipped. kInvalid names `file` and the line.
Result<std::vector<Publication>> parse_batch(std::string_view text, const std::string& file, Instant now);

enum class PublishMode { kForReal, kSilently, kDryRun, kCheckOnly };

// All in one transaction, or none; durable when it returns. kInvalid: a name that is reserved (qflow.…), a payload over
// max_payload, a timestamp more than 24 h ahead, `namespaced` without a project, an idempotency key that was used with
// other content. kSilently does not read the effects: where many listen, others wait that much less. kDryRun says what
// would happen and leaves nothing. kCheckOnly gives the full names alone, of events that keep to the rules.
Result<Published> publish_events(Store& store, std::vector<Publication> publications, const Publisher& publisher,
                                 PublishMode mode, const Doors& doors);

}  // namespace qflow
