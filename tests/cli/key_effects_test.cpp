#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "cli/flow_file_keys.h"

namespace qflow {
namespace {

// Where a test shows what a key does: a file below tests/ and a text that stands in it. "later" and what it waits for,
// where the key is read and checked but nothing acts on it yet.
struct Effect {
  std::string file;
  std::string text;
};

const std::string kRuns = "service/local_run_test.cpp";
const std::string kPublished = "service/local_run_publish_test.cpp";
const std::string kRunSecrets = "service/run_secrets_test.cpp";
const std::string kRunArtifacts = "service/run_artifacts_test.cpp";
const std::string kMapping = "engine/simulated_trigger_test.cpp";
const std::string kKinds = "engine/simulated_trigger_test.cpp";
const std::string kFilters = "trigger/source_filter_test.cpp";
const std::string kExamples = "examples_test.py";
const std::string kSchedules = "deployed/schedule_cases.py";
const std::string kSensors = "deployed/sensor_cases.py";
const std::string kChecks = "flowfile/flow_file_errors_test.cpp";
const std::string kTriggerChecks = "trigger/trigger_errors_test.cpp";
const std::string kInspection = "cli/commands_test.cpp";

const std::map<std::string, Effect>& effects() {
  static const std::map<std::string, Effect> table{
      {" id", {kRuns, "run numbers count per flow"}},
      {" description", {"deployed/deploy_cases.py", "def descriptions_and_helps"}},
      {" flow_type", {kChecks, "flow_type"}},
      {" tags", {kRuns, "tags and context are kept"}},
      {"[project] name", {"model/project_namespace_test.cpp", "foo.prod.bar"}},
      {"[project] branch", {"model/project_namespace_test.cpp", "foo.test.baaz"}},
      {"[project] production", {"model/project_namespace_test.cpp", "foo.prod"}},
      {"[parameters.NAME] type", {"model/parameter_test.cpp", "ParameterType"}},
      {"[parameters.NAME] default", {kRuns, "parameters come from -p, from events, from defaults"}},
      {"[parameters.NAME] required", {kRuns, "required = true"}},
      {"[parameters.NAME] help", {"deployed/deploy_cases.py", "def descriptions_and_helps"}},
      {"[parameters.NAME] min", {"model/parameter_test.cpp", "minimum"}},
      {"[parameters.NAME] max", {"model/parameter_test.cpp", "maximum"}},
      {"[parameters.NAME] choices", {"model/parameter_test.cpp", "choices"}},
      {"[run] when_busy", {"deployed/busy_cases.py", "when_busy = '{kind}'"}},
      {"[run] max_parallel", {"deployed/busy_cases.py", "max_parallel = 1"}},
      {"[run] jobs", {kRuns, "jobs bound what runs at once"}},
      {"[run] timeout", {kRuns, "timeout of the run"}},
      {"[run] on_crash", {"service/run_recovery_test.cpp", "on_crash = "}},
      {"[run] keep", {"service/garbage_collection_test.cpp", "results go when `keep` is over"}},
      {"[defaults] env", {"flowfile/flow_file_test.cpp", "a step overrides what [defaults] says"}},
      {"[defaults] shell", {"flowfile/flow_file_test.cpp", "a step overrides what [defaults] says"}},
      {"[defaults] workdir", {"flowfile/flow_file_test.cpp", "a step overrides what [defaults] says"}},
      {"[defaults] timeout", {"flowfile/flow_file_test.cpp", "a step overrides what [defaults] says"}},
      {"[defaults] retries", {"flowfile/flow_file_test.cpp", "a step overrides what [defaults] says"}},
      {"[defaults] retry_delay", {"flowfile/flow_file_test.cpp", "a step overrides what [defaults] says"}},
      {"[defaults] retry_backoff", {"flowfile/flow_file_test.cpp", "a step overrides what [defaults] says"}},
      {"[engine] name", {"trigger/trigger_keys_test.cpp", "[engine] serves the database sensors"}},
      {"[engine] config", {"trigger/trigger_keys_test.cpp", "[engine] serves the database sensors"}},
      {"[[steps]] id", {kRuns, "a=succeeded b=succeeded c=succeeded"}},
      {"[[steps]] run", {kRuns, "one step"}},
      {"[[steps]] exec", {kRuns, "exec takes no shell"}},
      {"[[steps]] needs", {kRuns, "what follows a failure does not start"}},
      {"[[steps]] when", {kRuns, "when is false"}},
      {"[[steps]] foreach", {kRuns, "foreach over nothing"}},
      {"[[steps]] shell", {kRuns, "bash with pipefail"}},
      {"[[steps]] workdir", {kRuns, "a folder that does not exist"}},
      {"[[steps]] env", {kRuns, "what a step sees of its run"}},
      {"[[steps]] secrets", {kRunSecrets, "secrets reach only the steps that list them"}},
      {"[[steps]] timeout", {kRuns, "step a: timed out"}},
      {"[[steps]] retries", {kRuns, "a retry succeeds"}},
      {"[[steps]] retry_delay", {kRuns, "retries wait, longer each time"}},
      {"[[steps]] retry_backoff", {kRuns, "retries wait, longer each time"}},
      {"[[steps]] allow_failure", {kRunArtifacts, "an allowed failure leaves the artifact error"}},
      {"[[steps]] publish", {kPublished, "a local run shows what it would publish"}},
      {"publish of [[steps]] event", {kPublished, "a local run shows what it would publish"}},
      {"publish of [[steps]] payload", {kPublished, "a local run shows what it would publish"}},
      {"publish of [[steps]] when", {kPublished, "a local run shows what it would publish"}},
      {"publish of [[steps]] type", {kPublished, "fields of a published event"}},
      {"publish of [[steps]] namespace", {kPublished, "fields of a published event"}},
      {"publish of [[steps]] value", {kPublished, "fields of a published event"}},
      {"publish of [[steps]] sender", {kPublished, "fields of a published event"}},
      {"publish of [[steps]] context", {kPublished, "fields of a published event"}},
      {"publish of [[steps]] namespaced", {kPublished, "fields of a published event"}},
      {"publish of [[steps]] idempotency_key", {"deployed/publish_cases.py", "def keys_of_steps"}},
      {"publish of [[steps]] safe", {kPublished, "fields of a published event"}},
      {"[hooks] on_success", {kRuns, "a hook is called for the way that the run ended"}},
      {"[hooks] on_failure", {kRuns, "a hook is called for the way that the run ended"}},
      {"[[tests]] name", {"cli/simulation_commands_test.cpp", "good.toml: one"}},
      {"[[tests]] given", {"engine/flow_test_run_test.cpp", "what can be given"}},
      {"[[tests]] expect", {"engine/flow_test_run_test.cpp", "firings are compared in their order"}},
      {"[[triggers]] id", {kExamples, "after_training"}},
      {"[[triggers]] type", {"trigger/trigger_registry_test.cpp", "the registry knows the built-in types"}},
      {"[[triggers]] enabled", {kFilters, "a disabled trigger is never met"}},
      {"[[triggers]] description", {"deployed/trigger_cases.py", "description = "}},
      {"[[triggers]] flow_id", {kTriggerChecks, "flow_id"}},
      {"[[triggers]] when", {kKinds, "what a deployed trigger would have refused is a note"}},
      {"[[triggers]] parameters", {kExamples, "test_a_mapping_turns_the_default_off"}},
      {"[[triggers]] match", {kKinds, "the type follows the declaration"}},
      {"[[triggers]] within", {kKinds, "events that lie further apart than the window are noted"}},
      {"[[triggers]] correlate", {"deployed/trigger_cases.py", "def windows_and_correlation"}},
      {"[[triggers]] context", {kKinds, "the context is the one that all events agree on"}},
      {"[[triggers]] join", {"deployed/trigger_cases.py", "def which_of_several_a_firing_takes"}},
      {"[[triggers]] debounce", {"deployed/trigger_cases.py", "def debounce"}},
      {"[[triggers]] max_wait", {"deployed/trigger_cases.py", "max_wait = "}},
      {"[[triggers]] options", {kExamples, "test_reset_is_an_option_and_others_are_refused"}},
      {"[[triggers]] of type event event", {kExamples, "test_fresh_data"}},
      {"[[triggers]] of type event events", {kExamples, "test_two_events"}},
      {"[[triggers]] of type event namespaced", {kFilters, "the names that are listened to"}},
      {"[[triggers]] of type flow source_flow_id", {kExamples, "test_a_flow_is_triggered_by_a_run"}},
      {"[[triggers]] of type flow flows", {kExamples, "test_two_upstream_flows"}},
      {"[[triggers]] of type flow condition", {kFilters, "the condition of a run"}},
      {"[[triggers]] of type flow source_task_id", {kKinds, "source_task_id"}},
      {"[[triggers]] of type schedule schedule", {kSchedules, "def an_instant_starts_one_run"}},
      {"[[triggers]] of type schedule catchup", {kSchedules, "def three_hours_of_downtime"}},
      {"[[triggers]] of type schedule catchup_window", {kSchedules, "def the_window_bounds_what_is_caught_up"}},
      {"[[triggers]] of type schedule every", {"engine/simulation_test.cpp", "what the keys of a schedule do"}},
      {"[[triggers]] of type schedule timezone", {"engine/simulation_test.cpp", "what the keys of a schedule do"}},
      {"[[triggers]] of type schedule dst_gap", {"engine/simulation_test.cpp", "what the keys of a schedule do"}},
      {"[[triggers]] of type schedule dst_overlap", {"engine/simulation_test.cpp", "what the keys of a schedule do"}},
      {"[[triggers]] of type schedule start", {"engine/simulation_test.cpp", "what the keys of a schedule do"}},
      {"[[triggers]] of type schedule end", {"engine/simulation_test.cpp", "what the keys of a schedule do"}},
      {"[[triggers]] of type schedule exclude", {"engine/simulation_test.cpp", "what the keys of a schedule do"}},
      {"[[triggers]] of type sensor sensor_type", {kSensors, "def what_was_there_at_deploy_does_not_fire"}},
      {"[[triggers]] of type sensor event_type", {"sensor/file_changes_test.cpp", "which changes of files fire"}},
      {"[[triggers]] of type sensor poll", {kSensors, "def a_failing_sensor_backs_off"}},
      {"[[triggers]] of type sensor timeout", {kSensors, "def a_slow_sensor_delays_neither"}},
      {"[[triggers]] of type sensor baseline", {kSensors, "def a_baseline_that_fires"}},
      {"[[triggers]] of type sensor per", {kSensors, "def a_batch_is_one_event"}},
      {"[[triggers]] of type sensor path", {kSensors, "def what_was_there_at_deploy_does_not_fire"}},
      {"[[triggers]] of type sensor pattern", {"sensor/file_selection_test.cpp", "which names count"}},
      {"[[triggers]] of type sensor settle", {kSensors, "def a_tick_waits_until_a_file_has_settled"}},
      {"[[triggers]] of type sensor done_marker", {"sensor/file_sensor_test.cpp", "a done marker is looked for"}},
      {"[[triggers]] of type sensor table_name", {"sensor/sqlite_sensor_test.cpp", "names are quoted"}},
      {"[[triggers]] of type sensor detection_mode",
       {"sensor/row_count_test.cpp", "row_count: which differences fire"}},
      {"[[triggers]] of type sensor timestamp_column",
       {"sensor/timestamp_column_test.cpp", "rows later than the maximum"}},
      {"[[triggers]] of type sensor custom_query",
       {"sensor/custom_query_test.cpp", "an event for each result that differs"}},
      {"[[triggers]] of type sensor condition", {"examples_test.py", "def test_new_orders"}},
      {"[[triggers]] of type sensor engine_config", {"sensor/postgresql_connection_test.cpp", "passwords come from"}},
      {"[[triggers]] of type sensor bucket", {"sensor/s3_place_test.cpp", "where the objects of a bucket are"}},
      {"[[triggers]] of type sensor prefix", {"sensor/s3_sensor_test.cpp", "prefix and pattern choose objects"}},
      {"[[triggers]] of type sensor endpoint", {"sensor/s3_place_test.cpp", "where the objects of a bucket are"}},
      {"[[triggers]] of type sensor region", {"sensor/s3_place_test.cpp", "the region comes from the sensor"}},
      {"[[triggers]] of type sensor url", {"sensor/http_sensor_test.cpp", "an http sensor sees the changes"}},
      {"[[triggers]] of type sensor command", {kSensors, "def a_program_reports_events"}},
  };
  return table;
}

// Types that nothing runs yet: their keys are read and checked (trigger/trigger_keys_test.cpp).
const std::set<std::string> kLaterTypes{"[[triggers]] of type api"};

std::string read(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(std::string(QFLOW_SOURCE_DIR) + "/tests/" + file).rdbuf();
  return text.str();
}

TEST_CASE("every key of the flow file has a test that shows its effect, or is named as one that waits") {
  std::set<std::string> keys;
  for (const FlowFileTable& table : flow_file_tables()) {
    const std::string heading(table.heading);
    if (kLaterTypes.contains(heading)) continue;
    for (const FlowFileKey& key : table.keys) keys.insert(heading + " " + std::string(key.name));
  }
  for (const std::string& key : keys) {
    CAPTURE(key);
    const auto effect = effects().find(key);
    REQUIRE(effect != effects().end());
    CAPTURE(effect->second.text);
    CHECK(read(effect->second.file).find(effect->second.text) != std::string::npos);
  }
  for (const auto& row : effects()) {
    CAPTURE(row.first);
    CHECK(keys.contains(row.first));
  }
}

}  // namespace
}  // namespace qflow
