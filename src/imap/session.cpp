#include "imap/session.hpp"

#include <algorithm>

#include "imap/command.hpp"
#include "imap/folder_name.hpp"
#include "util/text.hpp"

namespace jmrp::imap {

using util::Fault;
using util::FaultKind;

namespace {

constexpr std::size_t receive_bytes = std::size_t{64} << 10U;

bool holds(const std::vector<std::string>& words, std::string_view wanted) {
    return std::any_of(words.begin(), words.end(),
                       [&](const std::string& word) { return util::equal_ignoring_case(word, wanted); });
}

/// The value of a code such as "UIDVALIDITY 7".
std::optional<std::string_view> value_of(std::string_view code, std::string_view name) {
    if (!util::starts_with_ignoring_case(code, name))
        return std::nullopt;
    code.remove_prefix(name.size());
    return code.empty() || code.front() != ' ' ? std::nullopt : std::optional(util::trim(code));
}

} // namespace

bool Selected::keeps(std::string_view flag) const {
    return holds(permanent_flags, flag) || (flag.front() != '\\' && holds(permanent_flags, "\\*"));
}

Session::Session(std::unique_ptr<transfer::Channel> channel, std::string place, std::size_t literal_limit,
                 const transfer::Patience& patience)
    : channel_(std::move(channel)), place_(std::move(place)), patience_(patience), reader_(literal_limit),
      buffer_(receive_bytes) {
    const Response status = run("CAPABILITY", [&](Response& response) {
        if (response.name == "CAPABILITY")
            for (const std::string_view word : util::split(response.text, ' '))
                capabilities_.emplace_back(word);
    });
    if (status.kind != Response::Kind::ok)
        throw fault("ask what the server can do", quote(status));
    if (can("NAMESPACE"))
        ask_namespaces();
}

Fault Session::fault(std::string_view attempt, std::string why, std::string hint) const {
    return {FaultKind::network, std::string(attempt) + " at " + place_, std::move(why), std::move(hint)};
}

std::string Session::quote(const Response& response) {
    return "the server says: " +
           util::for_terminal((response.code.empty() ? "" : "[" + response.code + "] ") + response.text);
}

std::string Session::in_quotes(std::string_view folder) {
    return '"' + util::for_terminal(folder, 100) + '"';
}

std::string Session::send(std::string_view command) {
    std::string tag = "j" + std::to_string(++last_tag_);
    channel_->send(tag + " " + std::string(command) + "\r\n");
    return tag;
}

std::optional<Response> Session::read() {
    while (true) {
        if (auto response = reader_.read(unread_)) {
            if (response->kind == Response::Kind::bye)
                throw fault("go on", quote(*response));
            return response;
        }
        if (reader_.broken())
            throw fault("understand the server", reader_.broken());
        const std::size_t received = channel_->receive(buffer_, patience_);
        if (received == 0)
            return std::nullopt;
        unread_ = {buffer_.data(), received};
    }
}

Response Session::run(std::string_view command, const Each& each) {
    const std::string tag = send(command);
    while (true) {
        auto response = read();
        if (!response)
            throw fault("go on", "it was told to stop");
        if (response->tag == tag)
            return std::move(*response);
        if (each)
            each(*response);
    }
}

bool Session::can(std::string_view capability) const {
    return holds(capabilities_, capability);
}

void Session::ask_namespaces() {
    run("NAMESPACE", [&](Response& response) {
        if (response.name != "NAMESPACE")
            return;
        const auto kinds = parse_items(response); // the person's own, other users', shared ones
        for (const Item& kind : kinds.value_or(std::vector<Item>{}))
            for (const Item& space : kind.items)
                if (!space.items.empty())
                    prefixes_.push_back(space.items.front().text);
    });
}

std::string Session::wire_name(std::string_view folder) const {
    const auto name = to_modified_utf7(folder);
    if (!name)
        throw Fault(FaultKind::configuration, "open a folder at " + place_, "its name is no UTF-8");
    const bool placed = is_inbox(*name) || prefixes_.empty() ||
                        std::any_of(prefixes_.begin(), prefixes_.end(), [&](const std::string& prefix) {
                            return util::starts_with_ignoring_case(*name, prefix);
                        });
    return placed ? *name : prefixes_.front() + *name;
}

std::vector<std::string> Session::list(std::string_view pattern) {
    std::vector<std::string> names;
    run("LIST \"\" " + quoted_string(pattern), [&](Response& response) {
        if (response.name != "LIST")
            return;
        auto items = parse_items(response);
        if (items && items->size() == 3)
            names.push_back(std::move((*items)[2].text));
    });
    return names;
}

Selected Session::select(std::string_view folder, bool read_only) {
    Selected selected;
    const std::string name = wire_name(folder);
    const Response status = run((read_only ? "EXAMINE " : "SELECT ") + quoted_string(name), [&](Response& response) {
        if (const auto value = value_of(response.code, "UIDVALIDITY"))
            selected.uid_validity = static_cast<std::uint32_t>(util::parse_unsigned(*value).value_or(0));
        if (const auto value = value_of(response.code, "PERMANENTFLAGS"); value && value->size() >= 2)
            for (const std::string_view flag : util::split(value->substr(1, value->size() - 2), ' '))
                selected.permanent_flags.emplace_back(flag);
    });
    const std::string attempt = "open the folder " + in_quotes(folder);
    if (status.kind == Response::Kind::ok) {
        selected.read_only = util::equal_ignoring_case(status.code, "READ-ONLY");
        return selected;
    }
    const std::vector<std::string> there = list("*");
    if (there.empty() || std::find(there.begin(), there.end(), name) != there.end())
        throw fault(attempt, quote(status));
    constexpr std::size_t most_named = 20;
    std::string names;
    for (std::size_t i = 0; i < std::min(there.size(), most_named); ++i)
        names += (i > 0 ? ", " : "") + in_quotes(from_modified_utf7(there[i]));
    throw Fault(FaultKind::not_found, attempt + " at " + place_, "there is no such folder",
                "there are " + names + (there.size() > most_named ? " and more" : ""));
}

std::vector<std::uint32_t> Session::search(std::string_view keys) {
    std::vector<std::uint32_t> found;
    bool understood = true;
    const Response status = run("UID SEARCH " + std::string(keys), [&](Response& response) {
        if (response.name != "SEARCH")
            return;
        const auto numbers = numbers_of(response.text);
        understood = understood && numbers;
        if (numbers)
            found.insert(found.end(), numbers->begin(), numbers->end());
    });
    if (status.kind != Response::Kind::ok)
        throw fault("look for messages", quote(status));
    if (!understood)
        throw fault("look for messages", "the answer is no list of numbers");
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

std::optional<Response> Session::ensure_folder(std::string_view folder) {
    const std::string name = wire_name(folder);
    const std::vector<std::string> there = list(name); // a name that looks like a pattern gives others, too
    if (is_inbox(name) || std::find(there.begin(), there.end(), name) != there.end())
        return std::nullopt;
    Response created = run("CREATE " + quoted_string(name));
    if (created.kind != Response::Kind::ok && !util::equal_ignoring_case(created.code, "ALREADYEXISTS"))
        return created;
    run("SUBSCRIBE " + quoted_string(name)); // that programs show it; without it all works as well
    return std::nullopt;
}

} // namespace jmrp::imap
