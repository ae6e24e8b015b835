#include <doctest/doctest.h>

#include "expression/expression_rows.h"

using namespace qflow;

namespace {

struct World {
  std::shared_ptr<FakeObject> data = std::make_shared<FakeObject>(
      json(R"({"model": 1})"),
      std::map<std::string, Value>{{"model", Value(json(R"({"x": 1})"))}, {"rows", Value(json("[1, 2]"))}});
  std::shared_ptr<FakeObject> run;
  std::shared_ptr<FakeObject> other =
      std::make_shared<FakeObject>("Training/33", std::map<std::string, Value>{{"status", Value(Json("failed"))}});
  JsonScope scope;

  World() {
    run = std::make_shared<FakeObject>(
        "Training/34", std::map<std::string, Value>{{"status", Value(Json("succeeded"))}, {"data", lazy(data)}});
    ValueList runs{lazy(run), lazy(other)};
    scope.set("run", lazy(run));
    scope.set("runs", Value(std::make_shared<const ValueList>(runs)));
    scope.set("named", Value(std::make_shared<const ValueMap>(ValueMap{{"T", lazy(run)}, {"U", Value()}})));
    scope.set("flag",
              lazy(std::make_shared<FakeObject>(true, std::map<std::string, Value>{{"0", Value(Json("first"))}})));
  }

  static Value lazy(std::shared_ptr<const LazyObject> object) { return Value(std::move(object)); }
};

}  // namespace

TEST_CASE("what a lazy object gives") {
  const World world;
  check_rows(
      {
          {"run.status", R"("succeeded")"},
          {"run['status']", R"("succeeded")"},
          {"run.data.model.x", "1"},
          {"run", R"("Training/34")"},
          {"run == 'Training/34'", "true"},
          {"'Training/34' == run", "true"},
          {"run == runs[0]", "true"},
          {"run != runs[1]", "true"},
          {"run in ['Training/34']", "true"},
          {"'Training/33' in runs", "true"},
          {"run + '!'", R"("Training/34!")"},
          {"run < 'Training/35'", "true"},
          {"run.startsWith('Training/')", "true"},
          {"string(run)", R"("Training/34")"},
          {"size(run)", "2"},
          {"'status' in run", "true"},
          {"'nothing' in run", "false"},
          {"1 in run", "false"},
          {"run.exists(k, k == 'data')", "true"},
          {"run.map(k, k)", R"(["data","status"])"},
          {"has(run.data)", "true"},
          {"has(run.nothing)", "false"},
          {"has(run.broken)", "error: object ab12 is damaged"},
          {"run.broken", "error: object ab12 is damaged"},
          {"run.data.modl", "error: no field 'modl' in run.data; known: a, b"},
          {"run['nothing']", "error: no field 'nothing' in run; known: a, b"},
          {"flag[0]", R"("first")"},
          {"flag && true", "true"},
          {"!flag", "false"},
          {"flag ? 1 : 2", "1"},
          {"run && true", "error: run is \"Training/34\", not true or false"},
          {"run[true]", "error: a field of the object run has text, not true (a boolean)"},
          {"runs[1].status", R"("failed")"},
          {"runs.exists(r, r.status == 'failed')", "true"},
          {"runs.filter(r, r.status == 'failed')", R"(["Training/33"])"},
          {"runs.map(r, r.status).join(' ')", R"("succeeded failed")"},
          {"runs.map(r, string(r)).join(' ')", R"("Training/34 Training/33")"},
          {"runs.join(' ')", R"("Training/34 Training/33")"},
          {"runs", R"(["Training/34","Training/33"])"},
          {"size(runs)", "2"},
          {"[run, 1]", R"(["Training/34",1])"},
          {"{'r': run}.r.status", R"("succeeded")"},
          {"{'r': run}", R"({"r":"Training/34"})"},
          {"named.T.data.rows[1]", "2"},
          {"named['U']", "null"},
          {"named.V", "error: no field 'V' in named; known: T, U"},
          {"has(named.T)", "true"},
          {"named.all(n, n in ['T', 'U'])", "true"},
          {"named == {'U': null, 'T': 'Training/34'}", "true"},
      },
      world.scope);
}

TEST_CASE("only what is named is fetched") {
  const World world;
  CHECK_EQ(outcome("run.data.model.x", world.scope), "1");
  CHECK_EQ(world.run->fetched, std::vector<std::string>{"data"});
  CHECK_EQ(world.data->fetched, std::vector<std::string>{"model"});
  CHECK_EQ(outcome("runs[1].status == 'failed' || run.data.rows == []", world.scope), "true");
  CHECK_EQ(world.run->loaded + world.data->loaded + world.other->loaded, 0);
  CHECK_EQ(world.data->fetched.size(), 1);
}

TEST_CASE("a result may be a lazy object, a list of them is JSON") {
  const World world;
  CHECK_NE(Expression::parse("runs[0].data")->evaluate(world.scope)->object(), nullptr);
  CHECK_NE(Expression::parse("runs")->evaluate(world.scope)->json(), nullptr);
}

TEST_CASE("explaining does not load what it need not show") {
  const World world;
  CHECK_EQ(Expression::parse("has(run.data)")->explain(world.scope), "has(run.data) is true");
  CHECK_EQ(world.run->loaded, 0);
  CHECK_EQ(world.data->loaded, 0);
  CHECK_EQ(Expression::parse("runs.all(r, r.status == 'succeeded')")->explain(world.scope),
           "runs.all(r, r.status == 'succeeded') is false: in element 1 of runs r.status is \"failed\"");
}

TEST_CASE("values") {
  CHECK(Value().json()->is_null());
  CHECK(Value(std::shared_ptr<const Json>()).json()->is_null());
  CHECK_EQ(Value(Instant(std::chrono::seconds(1))).json(), nullptr);
  CHECK_EQ(*Value(Instant(std::chrono::seconds(1))).to_json(), Json("1970-01-01T00:00:01Z"));
  CHECK_EQ(*Value(Duration(std::chrono::hours(2))).to_json(), Json("2h"));
  const Value whole(json("[1, [2]]"));
  const Value part = whole.part((*whole.json())[1]);
  CHECK_EQ(part.json(), &(*whole.json())[1]);
  CHECK_EQ(value_type_name(whole), "a list");
  CHECK_EQ(value_type_name(Value(Duration(1))), "a duration");
  CHECK_EQ(value_type_name(Value(std::make_shared<const ValueMap>())), "an object");
}
