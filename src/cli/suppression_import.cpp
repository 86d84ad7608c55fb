#include "cli/suppression_import.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "cli/json.hpp"
#include "cli/suppression_options.hpp"
#include "traffic/columns.hpp"
#include "util/byte_stream.hpp"
#include "util/csv.hpp"
#include "util/fault.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using util::Fault;
using util::FaultKind;

constexpr std::size_t longest_line = std::size_t{1} << 20U;
constexpr std::size_t batch_rows = 100'000;
constexpr std::size_t most_told = 20;

/// One row as a file has it; empty texts say nothing.
struct Row {
    std::string person, scope, reason, note, expires;
};

/// What a line says. Nothing: it is not about anybody (a comment, a blank line, somebody who is not suppressed). A text: what
/// is wrong with it.
using Line = std::variant<std::monostate, Row, const char*>;

class Rows {
  public:
    virtual ~Rows() = default;
    virtual Line read(std::string_view line) = 0;
};

class TextRows : public Rows {
    Line read(std::string_view line) override {
        line = util::trim(line);
        if (line.empty() || line.front() == '#')
            return {};
        return Row{std::string(line), {}, {}, {}, {}};
    }
};

class CsvRows : public Rows {
    Line read(std::string_view line) override {
        if (!columns_) {
            columns_.emplace(line);
            if (!columns_->has("email") && !columns_->has("address") && !columns_->has("recipient"))
                throw Fault(FaultKind::damaged, "import suppressions", "the header line has no column email or address",
                            "--format text takes one address a line");
            return {};
        }
        if (util::trim(line).empty())
            return {};
        const auto fields = util::csv_fields(line);
        if (!fields)
            return "a quote that is not closed";
        const auto field = [&](std::initializer_list<std::string_view> names) {
            return std::string(columns_->first(*fields, names));
        };
        return Row{field({"email", "address", "recipient"}), field({"scope"}), field({"reason"}), field({"note"}),
                   field({"expires", "expires_at"})};
    }
    std::optional<traffic::Columns> columns_;
};

class JsonRows : public Rows {
    Line read(std::string_view line) override {
        if (util::trim(line).empty())
            return {};
        const Json json = Json::parse(line, nullptr, false);
        if (!json.is_object())
            return "no JSON object";
        if (const auto active = json.find("active"); active != json.end() && *active == false)
            return {};
        const auto text = [](const Json& object, const char* name) {
            const auto found = object.find(name);
            return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
        };
        Row row{text(json, "address"), text(json, "scope"), text(json, "reason"), text(json, "note"),
                text(json, "expires_at")};
        if (const auto decision = json.find("decision"); decision != json.end() && decision->is_object()) {
            row.note = text(*decision, "note");
            row.expires = text(*decision, "expires_at");
        }
        if (row.person.empty() && !text(json, "system").empty())
            row.person = "@" + text(json, "system") + ":" + text(json, "identifier");
        return row;
    }
};

constexpr std::pair<std::string_view, std::unique_ptr<Rows> (*)()> formats[] = {
    {"csv", [] { return std::unique_ptr<Rows>(new CsvRows); }},
    {"text", [] { return std::unique_ptr<Rows>(new TextRows); }},
    {"jsonl", [] { return std::unique_ptr<Rows>(new JsonRows); }},
};

std::unique_ptr<Rows> rows_of(std::string_view wanted) {
    for (const auto& [name, make] : formats)
        if (name == wanted)
            return make();
    throw Fault(FaultKind::usage, "import suppressions", "there is no format '" + util::for_terminal(wanted) + "'",
                "there are csv, text and jsonl");
}

class Import {
  public:
    Import(const Invocation& invocation, std::string name)
        : store_(open_store(invocation)), rows_(rows_of(invocation.value("format").value_or("csv"))),
          name_(std::move(name)) {
        defaults_.scope = scope_option(invocation).value_or(domain::Scope{});
        defaults_.reason = domain::Reason::imported;
        if (const auto reason = invocation.value("reason"))
            defaults_.reason = read_reason(*reason);
        defaults_.note = invocation.value("note").value_or("");
        defaults_.sticky = invocation.has("sticky");
        defaults_.decided_by = decided_by();
        defaults_.decided_at = util::now();
        if (const auto expires = invocation.value("expires"))
            defaults_.expires_at = read_expiry(*expires, defaults_.decided_at);
        if (const auto rejected = invocation.value("rejected"))
            rejected_ = util::open_file(*rejected, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    }

    void read(std::string_view line) {
        ++lines_;
        if (lines_ == 1 && line.starts_with("\xEF\xBB\xBF"))
            line.remove_prefix(3);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        const Line said = line.size() < longest_line ? rows_->read(line) : Line("a line without end");
        if (const auto* why = std::get_if<const char*>(&said))
            return reject(line, *why);
        const auto* row = std::get_if<Row>(&said);
        if (!row)
            return;
        domain::SuppressionDecision decision = defaults_;
        if (const char* why = complete(*row, decision))
            return reject(line, why);
        ++used_;
        batch_.push_back(std::move(decision));
        if (batch_.size() >= batch_rows)
            keep();
    }

    ExitStatus finish(const Invocation& invocation) {
        keep();
        if (invocation.json())
            print_json({{"format_version", format_version}, {"used", used_}, {"new", recorded_}, {"rejected", bad_}});
        if (bad_ == 0)
            return ExitStatus::ok;
        util::log(util::LogLevel::warning,
                  name_ + ": " + grouped(bad_) + " row(s) cannot be used, " + grouped(used_) + " were used");
        return ExitStatus::bad_input;
    }

  private:
    /// What is wrong, or null.
    static const char* complete(const Row& row, domain::SuppressionDecision& decision) {
        auto person = domain::parse_person(row.person);
        if (!person)
            return "no complete address";
        decision.person = std::move(*person);
        if (!row.scope.empty()) {
            const auto scope = domain::parse_scope(row.scope);
            if (!scope)
                return "a scope that is none";
            decision.scope = *scope;
        }
        if (!row.reason.empty()) {
            const auto reason = domain::from_text<domain::Reason>(row.reason);
            if (!reason)
                return "a reason that is none";
            decision.reason = *reason;
        }
        if (!row.note.empty())
            decision.note = row.note;
        if (!row.expires.empty()) {
            const auto day = util::parse_iso_day(row.expires.substr(0, 10));
            if (!day)
                return "an expiry that is no day";
            decision.expires_at = static_cast<util::Seconds>(*day) * 86400;
        }
        return nullptr;
    }

    void reject(std::string_view line, const char* why) {
        ++bad_;
        if (static_cast<std::size_t>(bad_) <= most_told)
            util::log(util::LogLevel::warning, name_ + " line " + std::to_string(lines_) + ": " + why);
        if (rejected_)
            util::write_all(rejected_.get(), std::string(line) + "\n", "the file of rejected rows");
    }

    void keep() {
        recorded_ += static_cast<std::int64_t>(store_.decide_suppressions(batch_));
        batch_.clear();
    }

    store::Store store_;
    std::unique_ptr<Rows> rows_;
    std::string name_;
    domain::SuppressionDecision defaults_;
    util::Fd rejected_;
    std::vector<domain::SuppressionDecision> batch_;
    std::int64_t lines_ = 0, used_ = 0, recorded_ = 0, bad_ = 0;
};

} // namespace

ExitStatus import_suppressions(const Invocation& invocation, const std::vector<std::string>& arguments) {
    if (arguments.size() > 1)
        throw Fault(FaultKind::usage, "import suppressions", "it takes one file, or '-' for standard input");
    const bool from_stdin = arguments.empty() || arguments.front() == "-";
    const std::string name = from_stdin ? "standard input" : arguments.front();
    util::Fd fd = from_stdin ? util::Fd(::dup(STDIN_FILENO)) : util::open_file(name, O_RDONLY);
    const auto stream = util::unpacked(std::move(fd), name);
    Import import(invocation, name);
    std::vector<char> buffer(std::size_t{1} << 18U);
    std::string pending;
    while (const std::size_t got = stream->read(buffer.data(), buffer.size())) {
        std::string_view rest(buffer.data(), got);
        for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
            pending += rest.substr(0, end);
            import.read(pending);
            pending.clear();
            rest.remove_prefix(end + 1);
        }
        if (pending.size() < longest_line) // bounded, whatever comes
            pending += rest;
    }
    if (!pending.empty())
        import.read(pending);
    return import.finish(invocation);
}

} // namespace jmrp::cli
