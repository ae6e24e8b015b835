#include "runner/step_events.h"

#include <csignal>
#include <cstring>

#include "qflow/expression/template.h"
#include "qflow/model/name_characters.h"

namespace qflow {

namespace {

Result<Json> render(std::string_view what, const std::string& text, const Scope& scope) {
  const auto parsed = Template::parse(text);
  if (!parsed)
    return fail(ErrorKind::kInvalid, std::string(what) + ": " + parsed.error().message, parsed.error().advice);
  auto rendered = parsed->render(scope);
  if (!rendered) return tl::make_unexpected(with_context(what, rendered.error()));
  return rendered;
}

// Every text of the tree is a template.
Result<Json> render_tree(const Json& tree, const Scope& scope) {
  if (tree.is_string()) return render("publish", tree.get_ref<const std::string&>(), scope);
  Json result = tree;
  if (!tree.is_structured()) return result;
  for (auto item = result.begin(); item != result.end(); ++item) {
    QFLOW_ASSIGN(*item, render_tree(*item, scope));
  }
  return result;
}

Result<bool> wanted(const StepPublish& publish, const Scope& scope) {
  if (!publish.when) return true;
  const auto expression = Expression::parse(publish.when->value);
  if (!expression)
    return fail(ErrorKind::kInvalid, "publish.when: " + expression.error().message, expression.error().advice);
  const auto holds = expression->evaluate_bool(scope);
  if (!holds) return tl::make_unexpected(with_context("publish.when", holds.error()));
  return *holds;
}

Result<PublishedEvent> step_event(const StepPublish& publish, const Scope& scope, const Run& run, Instant now) {
  Json object = Json::object();
  QFLOW_ASSIGN(const Json name, render("publish.event", publish.event.value, scope));
  object["name"] =
      publish.namespaced && name.is_string() ? Json(kept_in_names(name.get_ref<const std::string&>())) : name;
  if (publish.payload) {
    QFLOW_ASSIGN(object["payload"], render_tree(to_json(*publish.payload), scope));
  }
  PublishedEvent published;
  for (const auto& [key, text] : publish.fields) {
    QFLOW_ASSIGN(const Json value, render("publish." + key, text.value, scope));
    if (key == "idempotency_key") {
      if (!value.is_null()) published.idempotency_key = to_plain_text(value);
    } else {
      object[key] = value.is_null() ? Json() : Json(to_plain_text(value));
    }
  }
  auto event = parse_event(object, now);
  if (!event) return tl::make_unexpected(with_context("publish", event.error()));
  published.event = std::move(*event);
  if (!object.contains("context")) published.event.context = run.context;
  if (publish.namespaced && !run.name_space.empty()) {
    published.event.name = run.name_space + "." + published.event.name;
  }
  published.event.caused_by = run.id;
  published.safe = publish.safe;
  return published;
}

}  // namespace

Result<std::vector<PublishedEvent>> step_events(const Step& step, const RunScope& scope, const Run& run, Instant now) {
  std::vector<PublishedEvent> events;
  for (const StepPublish& publish : step.publish) {
    QFLOW_ASSIGN(const bool is_wanted, wanted(publish, scope));
    if (!is_wanted) continue;
    QFLOW_ASSIGN(events.emplace_back(), step_event(publish, scope, run, now));
  }
  return events;
}

std::string signal_text(int signal) {
  const char* name = sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : std::string();
}

}  // namespace qflow
