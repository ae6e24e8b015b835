#include "sensor/xml_reader.h"

#include <doctest/doctest.h>

#include <random>

using namespace qflow;

namespace {

// "<a>text</a>" again, with text in brackets: "<a>[text]</a>"; or the error.
std::string pieces(std::string_view document) {
  XmlReader reader(document);
  std::string all;
  while (true) {
    const auto piece = reader.next();
    if (!piece) return piece.error().message.substr(std::string("it is not well-formed XML: ").size());
    switch (piece->kind) {
      case XmlPiece::Kind::kOpen:
        all += "<" + piece->text + ">";
        break;
      case XmlPiece::Kind::kText:
        all += "[" + piece->text + "]";
        break;
      case XmlPiece::Kind::kClose:
        all += "</" + piece->text + ">";
        break;
      case XmlPiece::Kind::kEnd:
        return all;
    }
  }
}

}  // namespace

TEST_CASE("XML in its pieces") {
  struct Row {
    std::string document;
    std::string expected;
  };
  const std::string nested = "<a><a><a><a><a><a><a><a>";
  const Row rows[] = {
      {"<a/>", "<a></a>"},
      {"<a></a>", "<a></a>"},
      {"\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- <x> -->\n<a >1</a >\n<!-- y -->\n", "<a>[1]</a>"},
      {"<a b='1>' c = \"<2'\"><d e=''/>t</a>", "<a><d></d>[t]</a>"},
      {"<a>1<!-- - -->2<?p?>3</a>", "<a>[1][2][3]</a>"},
      {"<a>&amp;&lt;&gt;&quot;&apos;&#65;&#x42;&#xe4;&#8364;&#x1F642;</a>", "<a>[&<>\"'ABä€🙂]</a>"},
      {"<a>&amp;lt;</a>", "<a>[&lt;]</a>"},
      {"<a><![CDATA[<&amp;>]]]]></a>", "<a>[<&amp;>]]]</a>"},
      {"<a> \n </a>", "<a>[ \n ]</a>"},
      {"", "it is empty"},
      {"  ", "it is empty"},
      {"text", "text outside of the document"},
      {"<a/>text", "text outside of the document"},
      {"<![CDATA[x]]><a/>", "text outside of the document"},
      {"<a/><b/>", "a second document follows the first"},
      {"<a>", "'</a>' is missing"},
      {"<a", "a name is missing after '<'"},
      {"<a><b></a>", "'</a>' closes nothing"},
      {"</a>", "'</a>' closes nothing"},
      {"<a></a", "'</a' without '>'"},
      {"<>", "a name is missing after '<'"},
      {"<a b>", "an attribute without '='"},
      {"<a b=1>", "an attribute without quotes"},
      {"<a b='1>", "''' is missing"},
      {"<a><!-- </a>", "'-->' is missing"},
      {"<a>&nbsp;</a>", "unknown reference '&nbsp;'"},
      {"<a>&</a>", "a '&' without ';'"},
      {"<a>&#0;</a>", "unknown reference '&#0;'"},
      {"<a>&#xD800;</a>", "unknown reference '&#xD800;'"},
      {"<a>&#x110000;</a>", "unknown reference '&#x110000;'"},
      {"<a>&#99999999999999999999;</a>", "unknown reference '&#99999999999999999999;'"},
      {"<a>&#1a;</a>", "unknown reference '&#1a;'"},
      {"<a>&#;</a>", "unknown reference '&#;'"},
      {"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "a document type, which S3 never writes"},
      {nested + nested + nested + nested + "<a>", "elements are nested too deeply"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.document);
    CHECK(pieces(row.document) == row.expected);
  }
}

TEST_CASE("a million comments are no deeper than one") {
  std::string document = "<a>";
  for (int count = 0; count < 1'000'000; ++count) document += "<!---->";
  CHECK(pieces(document + "</a>") == "<a></a>");
}

TEST_CASE("damaged XML ends in an error or at its end, never elsewhere") {
  const std::string good = "<?xml version=\"1.0\"?><r a='b'><c>&quot;x&#10;</c><!-- y --><d/><![CDATA[z]]></r>";
  std::mt19937 random(20261121);
  const std::string_view odd = "<>/&;![]-?'\"=# aZ\xFF\n";
  for (int count = 0; count < 20'000; ++count) {
    std::string bad = good;
    for (int changes = 1 + static_cast<int>(random() % 3); changes > 0; --changes) {
      bad[random() % bad.size()] = odd[random() % odd.size()];
    }
    if (random() % 4 == 0) bad.resize(random() % bad.size());
    CHECK(!pieces(bad).empty());
  }
}
