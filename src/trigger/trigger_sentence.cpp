#include "qflow/trigger/trigger_sentence.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "qflow/error/wording.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {
namespace {

// An expression may have been written on several lines.
std::string one_line(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_not_of(kBlanks, at), text.size());
    const bool is_break = text.substr(at, end - at).find('\n') != std::string_view::npos;
    if (is_break) {
      line += ' ';
      at = end;
    } else {
      line += text[at++];
    }
  }
  return line;
}

// What one source contributes: "the event first" + "is published", and together with others "the events ... have been
// published".
struct Clause {
  std::string subject;         // "first", with its filters
  std::string noun;            // "event", or ""
  std::string present;         // "is published"
  std::string perfect;         // "been published": after "has" and "have"
  std::string qualifier = {};  // "3 times": after the present, or in parentheses after the subject

  std::string alone() const {
    return fmt::format("{}{} {}{}{}", noun.empty() ? "" : "the " + noun + " ", subject, present,
                       qualifier.empty() ? "" : " ", qualifier);
  }
  std::string named() const { return qualifier.empty() ? subject : fmt::format("{} ({})", subject, qualifier); }
};

std::string filters_of(const EventSubscription& event) {
  std::vector<std::string> filters;
  if (event.event_type) filters.push_back("type " + *event.event_type);
  if (event.name_space) filters.push_back("namespace " + *event.name_space);
  if (event.value) filters.push_back("value " + *event.value);
  if (event.sender) filters.push_back("sender " + *event.sender);
  return filters.empty() ? std::string() : " with " + listed(filters);
}

std::string qualifier_of(const SourceRules& source) {
  std::vector<std::string> parts;
  if (source.count > 1) parts.push_back(fmt::format("{} times", source.count));
  if (source.count > 1 && source.distinct) parts.push_back("each with another " + source.distinct->text());
  if (source.when) parts.push_back("where " + one_line(source.when->text()));
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

std::string_view ended_as(RunCondition condition) {
  switch (condition) {
    case RunCondition::kFailure:
      return "failed";
    case RunCondition::kAlways:
      return "ended";
    case RunCondition::kSuccess:
      break;
  }
  return "succeeded";
}

Clause clause_of(const EventSubscription& event) {
  std::string subject = event.event.text();
  if (event.namespaced) subject += " of its project and branch";
  return {subject + filters_of(event), "event", "is published", "been published", qualifier_of(event.source)};
}

Clause clause_of(const RunSubscription& run) {
  std::string subject = run.flow.text();
  if (run.name_space) subject = run.name_space->project.text() + "." + run.name_space->branch + "." + subject;
  if (run.step) subject = fmt::format("the step {} of {}", run.step->text(), subject);
  const std::string done(ended_as(run.condition));
  return {subject, "", "has " + done, done, qualifier_of(run.source)};
}

// "at 03:00 on Monday to Friday (Europe/Berlin)", "every 15m".
std::string rhythm_of(const ScheduleSubscription& subscription) {
  const ScheduleRules& rules = subscription.schedule->rules();
  const std::string span = describe_span(rules);
  if (const auto* every = std::get_if<Duration>(&rules.rhythm)) return "every " + format_duration(*every) + span;
  const auto& cron = std::get<CronExpression>(rules.rhythm);
  return fmt::format("{} ({}){}", cron.sentence(), rules.zone->name(), span);
}

Clause clause_of(const ScheduleSubscription& subscription) {
  const ScheduleRules& rules = subscription.schedule->rules();
  if (const auto* every = std::get_if<Duration>(&rules.rhythm)) {
    return {format_duration(*every) + describe_span(rules), "", "have passed", "passed"};
  }
  return {fmt::format("the schedule {} ({}){}", subscription.expression, rules.zone->name(), describe_span(rules)), "",
          "is due", "come due"};
}

std::string_view change_text(ChangeKind change) {
  switch (change) {
    case ChangeKind::kModified:
      return "modified";
    case ChangeKind::kDeleted:
      return "deleted";
    case ChangeKind::kAll:
      return "created, modified or deleted";
    case ChangeKind::kCreated:
      break;
  }
  return "created";
}

// An address without what may be secret: user and password, and the query.
std::string public_part(const std::string& url) {
  const std::size_t host = url.find("://") + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", host), url.size());
  const std::size_t at = url.substr(0, end).rfind('@');
  const std::string from_host = at == std::string::npos ? url.substr(host) : url.substr(at + 1);
  return url.substr(0, host) + from_host.substr(0, from_host.find_first_of("?#"));
}

// What a sensor sees, and what has then happened to it: "a file *.csv in incoming", "created".
struct SensorClause {
  ChangeKind change;

  Clause changed(std::string subject) const {
    const std::string done(change_text(change));
    return {std::move(subject), "", "is " + done, "been " + done};
  }
  Clause operator()(const FileSensor& file) const {
    if (!file.directory) return changed("the file " + file.path);
    return changed(fmt::format("a file {}in {}", file.pattern ? *file.pattern + " " : std::string(), file.path));
  }
  Clause operator()(const S3Sensor& bucket) const {
    return changed(fmt::format("an object {}in s3://{}/{}", bucket.pattern ? *bucket.pattern + " " : std::string(),
                               bucket.bucket, bucket.prefix));
  }
  Clause operator()(const DatabaseSensor& database) const {
    switch (database.mode) {
      case DetectionMode::kTimestampColumn:
        return {"the table " + database.table_name + where_of(database), "",
                "has later rows by " + database.timestamp_column, "got later rows"};
      case DetectionMode::kCustomQuery:
        return {"the result of its query", "", "changes", "changed"};
      case DetectionMode::kRowCount:
        break;
    }
    return {"the row count of the table " + database.table_name + where_of(database), "", count_verb(),
            count_participle()};
  }
  static std::string where_of(const DatabaseSensor& database) {
    return database.condition ? " (where " + *database.condition + ")" : "";
  }
  std::string count_verb() const {
    if (change == ChangeKind::kCreated) return "grows";
    return change == ChangeKind::kDeleted ? "shrinks" : "changes";
  }
  std::string count_participle() const {
    if (change == ChangeKind::kCreated) return "grown";
    return change == ChangeKind::kDeleted ? "shrunk" : "changed";
  }
  Clause operator()(const HttpSensor& page) const { return {public_part(page.url), "", "changes", "changed"}; }
  Clause operator()(const ExecSensor& program) const {
    return {"the program " + program.command.front(), "", "reports something", "reported something"};
  }
};

Clause clause_of(const SensorSubscription& sensor) {
  return std::visit(SensorClause{sensor.sensor.change}, sensor.sensor.watched);
}

Clause clause_of(const CliSubscription&) {
  return {"it", "", "is activated by hand", "been activated by hand"};
}

Clause clause_of(const ApiSubscription& api) {
  return {listed(api.methods, "or") + " " + api.path, "", "is called", "been called"};
}

// The expression of a match in English, with each name replaced by what it stands for.
std::string in_words(const MatchExpression& match, const std::vector<std::string>& names,
                     const std::vector<std::string>& replacements) {
  std::string words;
  const std::string text = match.text();
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '&' || text[at] == '|') {
      words += text[at] == '&' ? " and " : " or ";
      at += 2;
    } else if (text[at] == '(' || text[at] == ')') {
      words += text[at++];
    } else if (text[at] == ' ' || text[at] == '\t' || text[at] == '\n') {
      ++at;
    } else {
      const std::size_t end = std::min(text.find_first_of(" \t\n()&|", at), text.size());
      const auto found = std::find(names.begin(), names.end(), text.substr(at, end - at));
      words += found == names.end() ? text.substr(at, end - at)
                                    : replacements[static_cast<std::size_t>(found - names.begin())];
      at = end;
    }
  }
  return words;
}

// "first and second have both been published": sources with one predicate.
std::string say_together(const MatchExpression& match, const std::vector<std::string>& names,
                         const std::vector<Clause>& clauses) {
  std::vector<std::string> subjects;
  for (const Clause& clause : clauses) subjects.push_back(clause.named());
  const std::string& noun = clauses.front().noun;
  const std::string the_nouns = noun.empty() ? "" : "the " + noun + "s ";
  const std::string& perfect = clauses.front().perfect;
  switch (match.kind()) {
    case MatchExpression::Kind::kAny:
      return fmt::format("{}{} {}", noun.empty() ? "" : "the " + noun + " ", listed(subjects, "or"),
                         clauses.front().present);
    case MatchExpression::Kind::kAtLeast:
      return fmt::format("at least {} of {}{} have {}", match.number(), the_nouns, listed(subjects), perfect);
    case MatchExpression::Kind::kNames:
      return fmt::format("{}{} have {}", the_nouns, in_words(match, names, subjects), perfect);
    case MatchExpression::Kind::kAll:
      break;
  }
  return fmt::format("{}{} have {} {}", the_nouns, listed(subjects), subjects.size() == 2 ? "both" : "all", perfect);
}

// "first has been published and TrainingFlow has succeeded": sources of different predicates.
std::string say_apart(const MatchExpression& match, const std::vector<std::string>& names,
                      const std::vector<Clause>& clauses) {
  std::vector<std::string> sentences;
  for (const Clause& clause : clauses) {
    const std::string noun = clause.noun.empty() ? "" : "the " + clause.noun + " ";
    sentences.push_back(fmt::format("{}{} has {}", noun, clause.named(), clause.perfect));
  }
  switch (match.kind()) {
    case MatchExpression::Kind::kAny:
      return listed(sentences, "or");
    case MatchExpression::Kind::kAtLeast:
      return fmt::format("at least {} of these hold: {}", match.number(), listed(sentences));
    case MatchExpression::Kind::kNames:
      return in_words(match, names, sentences);
    case MatchExpression::Kind::kAll:
      break;
  }
  return listed(sentences);
}

std::string say_sources(const Trigger& trigger) {
  std::vector<Clause> clauses;
  std::vector<std::string> names;
  for (const Subscription& subscription : trigger.subscriptions()) {
    clauses.push_back(std::visit([](const auto& one) { return clause_of(one); }, subscription));
    names.push_back(source_of(subscription).name);
  }
  if (clauses.empty()) return fmt::format("its trigger of type {} fires", trigger.rules().type);
  if (clauses.size() == 1) return clauses.front().alone();
  const bool alike = std::all_of(clauses.begin(), clauses.end(), [&](const Clause& clause) {
    return clause.perfect == clauses.front().perfect && clause.noun == clauses.front().noun;
  });
  return alike ? say_together(trigger.rules().match, names, clauses) : say_apart(trigger.rules().match, names, clauses);
}

std::string say_legs(const Trigger& group) {
  std::vector<std::string> names;
  std::vector<std::string> conditions;
  for (std::size_t i = 0; i < group.legs().size(); ++i) {
    const Trigger* leg = group.legs()[i];
    const TriggerId& id = group.leg_ids()[i];
    names.push_back(id.text());
    conditions.push_back(leg != nullptr && leg->legs().empty() ? say_sources(*leg) : "trigger " + id.text() + " fires");
    if (leg != nullptr && leg->rules().when)
      conditions.back() += fmt::format(" (where {})", one_line(leg->rules().when->text()));
  }
  return in_words(group.rules().match, names, conditions);
}

std::string say_rules(const Trigger& trigger) {
  const TriggerRules& rules = trigger.rules();
  const bool several = trigger.subscriptions().size() + trigger.leg_ids().size() > 1 ||
                       std::any_of(trigger.subscriptions().begin(), trigger.subscriptions().end(),
                                   [](const Subscription& one) { return source_of(one).count > 1; });
  std::string text;
  if (rules.when) text += ", where " + one_line(rules.when->text());
  if (rules.correlate) text += ", with equal " + rules.correlate->text();
  if (rules.within && several) text += fmt::format(", within {} of each other", rules.within_text);
  if (rules.debounce) text += fmt::format(", once {} have passed without another", format_duration(*rules.debounce));
  if (rules.max_wait) text += fmt::format(" (at most {})", format_duration(*rules.max_wait));
  if (!rules.enabled) text += " (disabled)";
  return text;
}

}  // namespace

std::string describe_span(const ScheduleRules& rules) {
  constexpr std::size_t kNamedDays = 3;
  std::string text;
  if (rules.start) text += " from " + format_instant(*rules.start);
  if (rules.end) text += " until " + format_instant(*rules.end);
  std::vector<std::string> days;
  for (const std::chrono::sys_days day : rules.exclude) {
    if (days.size() < kNamedDays) days.push_back(format_instant(day).substr(0, std::string_view("2026-12-25").size()));
  }
  const std::size_t more = rules.exclude.size() - days.size();
  if (more > 0) days.push_back(fmt::format("{} more {}", more, more == 1 ? "day" : "days"));
  if (!days.empty()) text += (text.empty() ? " except on " : ", except on ") + listed(days);
  // A cron expression has said where already.
  const bool is_length = std::holds_alternative<Duration>(rules.rhythm);
  if (!days.empty() && is_length) text += fmt::format(" ({})", rules.zone->name());
  return text;
}

std::string describe_condition(const Trigger& trigger) {
  const std::vector<Subscription>& sources = trigger.subscriptions();
  const auto* schedule = sources.size() == 1 ? std::get_if<ScheduleSubscription>(&sources.front()) : nullptr;
  if (schedule != nullptr) return rhythm_of(*schedule) + say_rules(trigger);
  return "when " + (trigger.legs().empty() ? say_sources(trigger) : say_legs(trigger)) + say_rules(trigger);
}

std::string describe(const Trigger& trigger) {
  return fmt::format("{} runs {}.", trigger.flow_id().text(), describe_condition(trigger));
}

}  // namespace qflow
