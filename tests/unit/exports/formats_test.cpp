#include "exports/format.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "exports/writer.hpp"
#include "traffic/columns.hpp"
#include "util/csv.hpp"
#include "util/digest.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

using namespace jmrp;
using domain::Suppression;

namespace {

constexpr util::Seconds noon = 1795305600 + 12 * 3600;

Suppression suppression(std::string person) {
    Suppression out;
    out.key = util::lower(person);
    out.person = std::move(person);
    out.active = true;
    out.reason = domain::Reason::complaint;
    out.reports = out.complaints = 2;
    out.first_at = noon;
    out.last_at = noon + 60;
    out.message_id = 7;
    return out;
}

std::string written(const exports::Format& format, const std::vector<Suppression>& all,
                    exports::Totals* totals = nullptr) {
    std::string out;
    exports::Writer writer(format, {"news"}, [&](std::string_view bytes) { out += bytes; });
    for (const Suppression& one : all)
        writer.add(one);
    const exports::Totals said = writer.finish();
    if (totals)
        *totals = said;
    return out;
}

/// Any string, and 10 kB of one.
std::vector<std::string> hostile_values() {
    std::ifstream file(std::string(JMRP_TESTS_DIR) + "/support/hostile_values.json");
    auto values = nlohmann::json::parse(file).get<std::vector<std::string>>();
    values.push_back(std::string(10'000, 'a') + "@example.com");
    values.emplace_back("broken\xff\xc3@example.com");
    values.emplace_back("overlong\xc0\xaf@example.com");
    return values;
}

using Texts = std::vector<std::string>;

Texts lines_of(std::string_view text) {
    Texts out;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        REQUIRE(end != std::string_view::npos);
        out.emplace_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return out;
}

/// The persons that a reader of the format finds in a file.
Texts read_lines(std::string_view text) {
    return lines_of(text);
}

/// What Postfix and Sendmail do: a key ends at the first blank, a comment begins with '#', a line that begins with a blank goes
/// on with the one before.
Texts read_map(std::string_view text, std::string_view prefix) {
    Texts out;
    for (const std::string& line : lines_of(text)) {
        REQUIRE(line.front() != '#');
        REQUIRE_FALSE(util::is_space(line.front()));
        REQUIRE(line.starts_with(prefix));
        const std::string_view key = std::string_view(line).substr(prefix.size());
        out.emplace_back(key.substr(0, key.find_first_of(" \t")));
    }
    return out;
}

/// Exim: as above, and a colon ends a key as well; quotes and backslashes mean something at its beginning.
Texts read_lsearch(std::string_view text) {
    Texts out;
    for (const std::string& line : lines_of(text)) {
        REQUIRE(std::string_view("#\" \t").find(line.front()) == std::string_view::npos);
        out.push_back(line.substr(0, line.find_first_of(": \t")));
    }
    return out;
}

Texts read_csv(std::string_view text, bool head) {
    Texts out;
    for (const std::string& line : lines_of(text)) {
        const auto fields = util::csv_fields(line);
        REQUIRE(fields);
        if (head) {
            head = false;
            continue;
        }
        const std::string& cell = fields->front();
        if (!cell.empty())
            REQUIRE(std::string_view("=+-@\t\r").find(cell.front()) == std::string_view::npos);
        out.push_back(cell);
    }
    return out;
}

Texts read_json_lines(std::string_view text) {
    Texts out;
    for (const std::string& line : lines_of(text)) {
        const auto json = nlohmann::json::parse(line);
        out.push_back(json["address"].is_null()
                          ? "@" + json["system"].get<std::string>() + ":" + json["identifier"].get<std::string>()
                          : json["address"].get<std::string>());
    }
    return out;
}

Texts read_json(std::string_view text, const char* list, const char* field) {
    Texts out;
    const auto json = nlohmann::json::parse(text);
    if (!list) {
        for (const auto& [key, value] : json.items())
            out.push_back(key);
        return out;
    }
    for (const auto& one : json.at(list))
        out.push_back(field ? one.at(field).get<std::string>() : one.get<std::string>());
    return out;
}

Texts read_majordomo(std::string_view text) {
    Texts out;
    for (const std::string& line : lines_of(text)) {
        const auto words = util::split(line, ' ');
        REQUIRE(words.size() == 3);
        REQUIRE(words[0] == "unsubscribe");
        REQUIRE(words[1] == "news");
        out.emplace_back(words[2]);
    }
    return out;
}

struct Reader {
    const char* format;
    bool keys; ///< tells keys, not spellings
    Texts (*read)(std::string_view text);
};
const Reader readers[] = {
    {"text", false, read_lines},
    {"powermta", false, read_lines},
    {"sympa", false, read_lines},
    {"mailman2", false, read_lines},
    {"mlmmj", false, read_lines},
    {"ezmlm", false, read_lines},
    {"majordomo", false, read_majordomo},
    {"csv", false, [](std::string_view text) { return read_csv(text, true); }},
    {"mailgun", false, [](std::string_view text) { return read_csv(text, true); }},
    {"ses", false, [](std::string_view text) { return read_csv(text, false); }},
    {"jsonl", false, read_json_lines},
    {"postfix-access", true, [](std::string_view text) { return read_map(text, ""); }},
    {"postfix-transport", true, [](std::string_view text) { return read_map(text, ""); }},
    {"sendmail-access", true, [](std::string_view text) { return read_map(text, "To:"); }},
    {"exim-lsearch", true, read_lsearch},
    {"sendgrid", false, [](std::string_view text) { return read_json(text, "recipient_emails", nullptr); }},
    {"postmark", false, [](std::string_view text) { return read_json(text, "Suppressions", "EmailAddress"); }},
    {"sparkpost", false, [](std::string_view text) { return read_json(text, "recipients", "recipient"); }},
    {"kumomta", true, [](std::string_view text) { return read_json(text, nullptr, nullptr); }},
};

} // namespace

TEST_CASE("exports: no hostile value breaks out of any format, and none is bent to fit") {
    const Texts hostile = hostile_values();
    std::size_t hashed = 0;
    for (const exports::Format& format : exports::formats()) {
        INFO(format.name);
        const auto* reader = std::ranges::find(readers, std::string_view(format.name), &Reader::format);
        if (reader == std::end(readers)) {
            REQUIRE((std::string_view(format.name) == "sha256" || std::string_view(format.name) == "md5"));
            ++hashed;
            continue;
        }
        std::size_t carried = 0;
        for (const std::string& value : hostile) {
            INFO(nlohmann::json(value).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace).substr(0, 200));
            // In front of it and behind it somebody else: neither may be changed by it.
            exports::Totals totals;
            const std::string text =
                written(format, {suppression("first@example.com"), suppression(value), suppression("last@example.com")},
                        &totals);
            Texts found = reader->read(text);
            Texts wanted{"first@example.com", "last@example.com"};
            if (totals.added == 3)
                wanted.insert(wanted.begin() + 1, reader->keys ? util::lower(value) : value);
            else
                REQUIRE(totals.left_out == 1);
            std::ranges::sort(found);
            std::ranges::sort(wanted);
            CHECK(found == wanted);
            carried += totals.added == 3 ? 1 : 0;
        }
        CHECK(carried > 10); // it does not refuse everything
    }
    CHECK(hashed == 2);
}

TEST_CASE("exports: usual addresses go into every format") {
    for (const exports::Format& format : exports::formats())
        for (const char* address :
             {"User.Name+tag@example.com", "o'brien@xn--mnchen-3ya.example", "a=b/c@example.com"}) {
            INFO(format.name << " " << address);
            exports::Totals totals;
            const std::string text = written(format, {suppression(address)}, &totals);
            CHECK(totals.added == 1);
            CHECK(text.ends_with("\n"));
        }
}

TEST_CASE("exports: each format says what its reader expects") {
    const std::pair<const char*, const char*> golden[] = {
        {"text", "User@example.com\n"},
        {"csv", "email,reason,source,scope,first_seen,last_seen,count,campaign,note\n"
                "User@example.com,complaint,jmrp,global,2026-11-22T12:00:00Z,2026-11-22T12:01:00Z,2,,\n"},
        {"sha256", "b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514\n"},
        {"md5", "b58996c504c5638798eb6b511e6f49af\n"},
        {"postfix-access", "user@example.com\tREJECT 5.7.1 This recipient is suppressed\n"},
        {"postfix-transport", "user@example.com\terror:5.7.1 This recipient is suppressed\n"},
        {"exim-lsearch", "user@example.com: complaint\n"},
        {"sendmail-access", "To:user@example.com\tERROR:5.7.1:\"550 This recipient is suppressed\"\n"},
        {"majordomo", "unsubscribe news User@example.com\n"},
        {"mlmmj", "User@example.com\n"},
        {"ses", "User@example.com,COMPLAINT\n"},
        {"sendgrid", "{\"recipient_emails\":[\"User@example.com\"]}\n"},
        {"mailgun", "address\nUser@example.com\n"},
        {"postmark", "{\"Suppressions\":[{\"EmailAddress\":\"User@example.com\"}]}\n"},
        {"sparkpost", "{\"recipients\":[{\"recipient\":\"User@example.com\",\"type\":\"non_transactional\","
                      "\"description\":\"complaint\"}]}\n"},
        {"kumomta", "{\"user@example.com\":\"complaint\"}\n"},
    };
    for (const auto& [name, text] : golden) {
        INFO(name);
        CHECK(written(exports::format_named(name), {suppression("User@example.com")}) == text);
    }
}

TEST_CASE("exports: a format without scopes says a person once, one with scopes says each") {
    Suppression everywhere = suppression("user@example.com");
    Suppression list = everywhere;
    list.scope = {domain::ScopeKind::list, "news.example.com"};
    CHECK(lines_of(written(exports::format_named("text"), {everywhere, list})).size() == 1);
    const std::string csv = written(exports::format_named("csv"), {everywhere, list});
    CHECK(lines_of(csv).size() == 3);
    CHECK(csv.find(",list:news.example.com,") != std::string::npos);
}

TEST_CASE("exports: rows that several writers make are the same export as those of one") {
    for (const exports::Format& format : exports::formats()) {
        INFO(format.name);
        const std::vector<Suppression> all{suppression("-refused@example.com"), suppression("a@example.com"),
                                           suppression("b@example.com"), suppression("@listmonk:5d1f"),
                                           suppression("c@example.com")};
        std::string out;
        exports::Writer whole(format, {"news"}, [&](std::string_view bytes) { out += bytes; });
        for (const auto& [from, to] : {std::pair{0, 0}, {0, 1}, {1, 3}, {3, 3}, {3, 5}}) {
            exports::Writer part(format, {"news"});
            for (int i = from; i < to; ++i)
                part.add(all[static_cast<std::size_t>(i)]);
            whole.add(std::move(part).rows());
        }
        const exports::Totals totals = whole.finish();
        exports::Totals wanted;
        CHECK(out == written(format, all, &wanted));
        CHECK(totals.added == wanted.added);
        CHECK(totals.left_out == wanted.left_out);
    }
}

TEST_CASE("exports: subscribers without an address stand only where there is a place for them") {
    exports::Totals totals;
    CHECK(written(exports::format_named("text"), {suppression("@listmonk:5d1f")}, &totals).empty());
    CHECK(totals.left_out == 1);
    CHECK(written(exports::format_named("jsonl"), {suppression("@listmonk:5d1f")}).find("\"identifier\":\"5d1f\"") !=
          std::string::npos);
}

TEST_CASE("exports: a list's name that is none is refused, as is an unknown format") {
    const auto sink = [](std::string_view) {};
    CHECK_THROWS_AS(exports::Writer(exports::format_named("majordomo"), {""}, sink), util::Fault);
    CHECK_THROWS_AS(exports::Writer(exports::format_named("majordomo"), {"news\nend"}, sink), util::Fault);
    CHECK_THROWS_AS(exports::format_named("postfix"), util::Fault);
    CHECK_THROWS_WITH(exports::format_named("webhook"), Catch::Contains("one of servers"));
}

TEST_CASE("digest: the test suites of RFC 1321 and FIPS 180-4") {
    CHECK(util::md5_hex("") == "d41d8cd98f00b204e9800998ecf8427e");
    CHECK(util::md5_hex("abc") == "900150983cd24fb0d6963f7d28e17f72");
    CHECK(util::md5_hex("12345678901234567890123456789012345678901234567890123456789012345678901234567890") ==
          "57edf4a22be3c955ac49da2e2107b67a");
    CHECK(util::md5_hex(std::string(55, 'a')) == "ef1772b6dff9a122358552954ad0df65");
    CHECK(util::md5_hex(std::string(56, 'a')) == "3b0c8ac703f828b04c6c197006d17218");
    CHECK(util::md5_hex(std::string(64, 'a')) == "014842d480b571495a4a0363793f7367");
    CHECK(util::sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
