#include "cli/detect/border.hpp"

#include <algorithm>

#include "util/text.hpp"

namespace jmrp::cli {

namespace {

struct Looking {
    const Machine& machine;
    const MailServer& server;
    Border border;

    void add(std::string_view id, const std::string& from) {
        std::string name = util::lower(util::trim(id));
        if (name.empty() || std::ranges::find(border.authserv_ids, name, &Detected::value) != border.authserv_ids.end())
            return;
        border.authserv_ids.push_back({std::move(name), from});
    }
    /// The milters call themselves what the mail server says, where they are not told otherwise.
    void add_host_name(const std::string& from) {
        if (server.host_name)
            add(server.host_name->value, from);
        else
            border.notes.push_back(from +
                                   " writes Authentication-Results under the name of this host, which is not known");
    }
    /// A setting of OpenDKIM and OpenDMARC: HOSTNAME stands for the name of the system.
    void add_setting(const std::optional<std::string>& id, const std::string& from) {
        if (!id)
            add_host_name(from);
        else if (*id == "HOSTNAME")
            add(machine.host_name(), from + " HOSTNAME");
        else
            add(*id, from + " AuthservID");
    }
    bool has_milters(const char* what) {
        if (server.kind != MailServer::Kind::postfix || !postfix_value(machine, "smtpd_milters").value_or("").empty())
            return true;
        border.notes.push_back(std::string(what) +
                               " is set up here, but Postfix calls no milter: smtpd_milters is empty");
        return false;
    }
};

void look_at_opendkim(Looking& look) {
    const char* file = "/etc/opendkim.conf";
    const auto text = look.machine.read(file);
    if (!text || !look.has_milters("OpenDKIM"))
        return;
    // opendkim.conf(5): s signs, v verifies; the default is both.
    if (util::lower(setting_in(*text, "Mode").value_or("sv")).find('v') == std::string::npos)
        look.border.notes.emplace_back("OpenDKIM only signs (Mode in /etc/opendkim.conf has no v)");
    else
        look.add_setting(setting_in(*text, "AuthservID"), file);
}

void look_at_opendmarc(Looking& look) {
    const char* file = "/etc/opendmarc.conf";
    const auto text = look.machine.read(file);
    if (!text || !look.has_milters("OpenDMARC"))
        return;
    look.add_setting(setting_in(*text, "AuthservID"), file);
    const std::string trusted = setting_in(*text, "TrustedAuthservIDs").value_or("");
    for (const std::string_view id : util::split(trusted, ','))
        look.add(util::trim(id) == "HOSTNAME" ? look.machine.host_name() : std::string(id),
                 std::string(file) + " TrustedAuthservIDs");
}

void look_at_rspamd(Looking& look) {
    for (const char* file : {"/etc/rspamd/override.d/milter_headers.conf", "/etc/rspamd/local.d/milter_headers.conf"}) {
        const auto text = look.machine.read(file);
        if (text && rspamd_writes_results(*text) && look.has_milters("rspamd"))
            look.add_host_name(file);
    }
    if (look.machine.has("/etc/rspamd/rspamd.conf") && look.border.authserv_ids.empty())
        look.border.notes.emplace_back(
            "rspamd is here and writes no Authentication-Results: add "
            "'use = [\"authentication-results\"];' to /etc/rspamd/local.d/milter_headers.conf");
}

void look_at_policyd(Looking& look) {
    const char* file = "/etc/postfix-policyd-spf-python/policyd-spf.conf";
    const auto text = look.machine.read(file);
    if (!text || util::lower(setting_in(*text, "Header_Type").value_or("")) != "ar")
        return;
    const auto id = setting_in(*text, "Authserv_Id");
    if (id && *id != "HOSTNAME")
        look.add(*id, std::string(file) + " Authserv_Id");
    else
        look.add_host_name(file);
}

void look_at_exim(Looking& look) {
    if (look.server.kind != MailServer::Kind::exim)
        return;
    auto output = look.machine.output_of(look.server.exim, {"-bP", "configure_file"});
    if (!output)
        return;
    const std::string file(util::trim(*output));
    const auto text = look.machine.read(file);
    if (!text) {
        look.border.notes.push_back("the configuration of Exim, " + file + ", cannot be read");
        return;
    }
    for (const EximResults& results : exim_results_in(*text)) {
        if (!results.on_top)
            look.border.notes.push_back(
                "Exim writes Authentication-Results below the stranger's fields, where they are not "
                "believed: write 'add_header = :at_start:${authresults ...' in " +
                file);
        else if (results.id.find('$') == std::string::npos)
            look.add(results.id, file);
        else if (results.id == "$primary_hostname" || results.id == "${primary_hostname}" ||
                 results.id == "$smtp_active_hostname")
            look.add_host_name(file);
        else
            look.border.notes.push_back("Exim writes Authentication-Results under a name that " + file + " works out");
    }
}

constexpr void (*writers[])(Looking&) = {look_at_opendkim, look_at_opendmarc, look_at_rspamd, look_at_policyd,
                                         look_at_exim};

} // namespace

std::optional<std::string> setting_in(std::string_view text, std::string_view name) {
    std::optional<std::string> out;
    for (std::string_view line : util::split(text, '\n')) {
        line = util::trim(line.substr(0, line.find('#')));
        if (!util::starts_with_ignoring_case(line, name))
            continue;
        std::string_view value = line.substr(name.size());
        if (value.empty() || (!util::is_space(value.front()) && value.front() != '='))
            continue;
        value = util::trim(value);
        if (value.starts_with('='))
            value = util::trim(value.substr(1));
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        out = std::string(value);
    }
    return out && out->empty() ? std::nullopt : out;
}

bool rspamd_writes_results(std::string_view milter_headers) {
    std::string text;
    for (const std::string_view line : util::split(milter_headers, '\n'))
        text += std::string(line.substr(0, line.find('#'))) + "\n";
    // use = ["x-spamd-bar", "authentication-results"]; or use = "authentication-results";
    for (std::size_t at = text.find("use"); at != std::string::npos; at = text.find("use", at + 1)) {
        if (at > 0 && !util::is_space(text[at - 1]) && text[at - 1] != ';')
            continue;
        std::size_t value = at + 3;
        while (value < text.size() && (util::is_space(text[value]) || text[value] == '=' || text[value] == ':'))
            ++value;
        const std::size_t end = text.find(value < text.size() && text[value] == '[' ? ']' : '\n', value);
        if (value > at + 3 && text.substr(value, end - value).find("authentication-results") != std::string::npos)
            return true;
    }
    return false;
}

std::vector<EximResults> exim_results_in(std::string_view configuration) {
    std::string text;
    for (const std::string_view line : util::split(configuration, '\n')) {
        std::string_view rest = util::trim(line);
        if (rest.starts_with('#'))
            continue;
        const bool goes_on = rest.ends_with('\\');
        text += std::string(goes_on ? rest.substr(0, rest.size() - 1) : rest) + (goes_on ? "" : "\n");
    }
    std::vector<EximResults> out;
    constexpr std::string_view word = "${authresults";
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
        const std::size_t line = text.rfind('\n', at) + 1; // npos + 1 is 0
        const std::string_view before = std::string_view(text).substr(line, at - line);
        std::size_t open = at + word.size();
        while (open < text.size() && util::is_space(text[open]))
            ++open;
        if (open >= text.size() || text[open] != '{')
            continue;
        int depth = 0;
        std::size_t end = open;
        for (; end < text.size(); ++end) {
            depth += text[end] == '{' ? 1 : text[end] == '}' ? -1 : 0;
            if (depth == 0)
                break;
        }
        out.push_back({std::string(util::trim(std::string_view(text).substr(open + 1, end - open - 1))),
                       before.find(":at_start:") != std::string_view::npos});
    }
    return out;
}

Border detect_border(const Machine& machine, const MailServer& server) {
    Looking look{machine, server, {}};
    for (const auto& writer : writers)
        writer(look);
    return std::move(look.border);
}

} // namespace jmrp::cli
