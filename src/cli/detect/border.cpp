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
            border.obstacles.push_back(
                {from + " writes Authentication-Results under the name of this host, which is not known", {}});
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
    bool has_milters(const char* what, std::vector<std::string> (*how_to_call)(const Machine& machine)) {
        if (server.kind != MailServer::Kind::postfix || !postfix_value(machine, "smtpd_milters").value_or("").empty())
            return true;
        border.obstacles.push_back(
            {std::string(what) + " is set up here, but Postfix calls no milter: smtpd_milters is empty",
             how_to_call(machine)});
        return false;
    }
};

constexpr const char* opendkim_file = "/etc/opendkim.conf";
constexpr const char* opendmarc_file = "/etc/opendmarc.conf";

enum class Place { first, last };

/// The line that makes Postfix call one milter more.
std::string call_milter(const Machine& machine, const std::string& socket, Place place) {
    if (postfix_value(machine, "smtpd_milters").value_or("").empty())
        return "postconf 'smtpd_milters = " + socket + "' && postfix reload";
    const std::string others = "$(postconf -h smtpd_milters)";
    return "postconf \"smtpd_milters = " + (place == Place::first ? socket + ", " + others : others + ", " + socket) +
           "\" && postfix reload";
}

/// The milter of that file. Debian's smtpd runs in a chroot, where the sockets below /run that its packages use are not to be
/// seen.
std::vector<std::string> call_milter_of(const Machine& machine, const std::string& file, const std::string& service,
                                        const std::string& port, Place place) {
    constexpr std::string_view inet = "inet:";
    const std::string socket = setting_in(machine.read(file).value_or(""), "Socket").value_or("");
    const auto at = socket.find('@');
    if (socket.starts_with(inet) && at != std::string::npos)
        return {call_milter(
            machine, "inet:" + socket.substr(at + 1) + ":" + socket.substr(inet.size(), at - inet.size()), place)};
    return {"sed -i 's/^Socket.*/Socket inet:" + port + "@127.0.0.1/' " + file + " && systemctl restart " + service,
            call_milter(machine, "inet:127.0.0.1:" + port, place)};
}

std::vector<std::string> call_opendkim(const Machine& machine) {
    return call_milter_of(machine, opendkim_file, "opendkim", "8891", Place::first);
}

std::vector<std::string> install_opendkim(const Machine& machine) {
    std::vector<std::string> out = call_opendkim(machine);
    out.insert(out.begin(), "apt-get install opendkim");
    return out;
}

std::vector<std::string> call_opendmarc(const Machine& machine) {
    return call_milter_of(machine, opendmarc_file, "opendmarc", "8893", Place::last);
}

std::vector<std::string> call_rspamd(const Machine& machine) {
    return {call_milter(machine, "inet:127.0.0.1:11332", Place::last)};
}

void look_at_opendkim(Looking& look) {
    const auto text = look.machine.read(opendkim_file);
    if (!text || !look.has_milters("OpenDKIM", call_opendkim))
        return;
    // opendkim.conf(5): s signs, v verifies; the default is both.
    if (util::lower(setting_in(*text, "Mode").value_or("sv")).find('v') == std::string::npos)
        look.border.obstacles.push_back(
            {"OpenDKIM only signs (Mode in /etc/opendkim.conf has no v)",
             {"sed -i 's/^Mode.*/Mode sv/' /etc/opendkim.conf && systemctl restart opendkim"}});
    else
        look.add_setting(setting_in(*text, "AuthservID"), opendkim_file);
}

void look_at_opendmarc(Looking& look) {
    const auto text = look.machine.read(opendmarc_file);
    if (!text || !look.has_milters("OpenDMARC", call_opendmarc))
        return;
    if (!look.machine.has(opendkim_file))
        look.border.obstacles.push_back(
            {"OpenDMARC is here without OpenDKIM, whose results it goes by: it refutes the reports of providers",
             install_opendkim(look.machine)});
    look.add_setting(setting_in(*text, "AuthservID"), opendmarc_file);
    const std::string trusted = setting_in(*text, "TrustedAuthservIDs").value_or("");
    for (const std::string_view id : util::split(trusted, ','))
        look.add(util::trim(id) == "HOSTNAME" ? look.machine.host_name() : std::string(id),
                 std::string(opendmarc_file) + " TrustedAuthservIDs");
}

void look_at_rspamd(Looking& look) {
    // What stands in override.d counts more.
    const char* files[] = {"/etc/rspamd/override.d/milter_headers.conf", "/etc/rspamd/local.d/milter_headers.conf"};
    RspamdResults written = RspamdResults::none;
    const char* file = files[1];
    for (const char* one : files)
        if (const auto text = look.machine.read(one); text && written == RspamdResults::none) {
            written = rspamd_results_in(*text);
            file = one;
        }
    if (written == RspamdResults::none && !look.machine.has("/etc/rspamd/rspamd.conf"))
        return;
    if (written == RspamdResults::on_top) {
        if (look.has_milters("rspamd", call_rspamd))
            look.add_host_name(file);
        return;
    }
    if (!look.border.authserv_ids.empty())
        return; // others do it
    const std::string example = "/usr/share/doc/jmrp/examples/rspamd/milter_headers.conf";
    std::vector<std::string> remedy{(look.machine.has(file) ? "merge " + example + " into " + file + ", then: "
                                                            : "cp " + example + " " + file + " && ") +
                                    "systemctl reload rspamd"};
    if (look.server.kind == MailServer::Kind::postfix &&
        postfix_value(look.machine, "smtpd_milters").value_or("").empty())
        remedy.push_back(call_rspamd(look.machine).front());
    look.border.obstacles.push_back({written == RspamdResults::none
                                         ? "rspamd is here and writes no Authentication-Results"
                                         : "rspamd writes Authentication-Results below the Received field, where they "
                                           "are not believed, because a stranger could have written them",
                                     std::move(remedy)});
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
    const auto configuration = exim_configuration(look.machine, look.server);
    if (!configuration) {
        look.border.obstacles.push_back({"the configuration of Exim cannot be read", {}});
        return;
    }
    for (const EximResults& results : exim_results_in(configuration->text)) {
        if (!results.on_top)
            look.border.obstacles.push_back(
                {"Exim writes Authentication-Results below the stranger's fields, where they are not believed",
                 {"write 'add_header = :at_start:${authresults ...' where Exim's configuration has 'add_header = "
                  "${authresults ...'"}});
        else if (results.id.find('$') == std::string::npos)
            look.add(results.id, configuration->file);
        else if (results.id == "$primary_hostname" || results.id == "${primary_hostname}" ||
                 results.id == "$smtp_active_hostname")
            look.add_host_name(configuration->file);
        else
            look.border.obstacles.push_back(
                {"Exim writes Authentication-Results under a name that " + configuration->file + " works out", {}});
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

RspamdResults rspamd_results_in(std::string_view milter_headers) {
    std::string text;
    for (const std::string_view line : util::split(milter_headers, '\n'))
        text += util::lower(line.substr(0, line.find('#'))) + "\n";
    constexpr std::string_view field = "authentication-results";
    std::string packed = text;
    std::erase_if(packed, [](char c) { return util::is_space(c); });
    if (packed.find("custom{") != std::string::npos && packed.find(field) != std::string::npos &&
        packed.find("order=0") != std::string::npos)
        return RspamdResults::on_top;
    // use = ["x-spamd-bar", "authentication-results"]; or use = "authentication-results";
    for (std::size_t at = text.find("use"); at != std::string::npos; at = text.find("use", at + 1)) {
        if (at > 0 && !util::is_space(text[at - 1]) && text[at - 1] != ';')
            continue;
        std::size_t value = at + 3;
        while (value < text.size() && (util::is_space(text[value]) || text[value] == '=' || text[value] == ':'))
            ++value;
        const std::size_t end = text.find(value < text.size() && text[value] == '[' ? ']' : '\n', value);
        if (value > at + 3 && text.substr(value, end - value).find(field) != std::string::npos)
            return RspamdResults::below_received;
    }
    return RspamdResults::none;
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

std::vector<std::string> how_to_add_results(const Machine& machine, const MailServer& server) {
    if (server.kind == MailServer::Kind::postfix)
        return install_opendkim(machine);
    if (server.kind != MailServer::Kind::exim)
        return {};
    const std::string line = "warn add_header = :at_start:${authresults {$primary_hostname}}";
    const auto debian = machine.read("/etc/exim4/update-exim4.conf.conf");
    if (!debian)
        return {"in the ACL that acl_smtp_data names, before it accepts: " + line};
    const bool is_split = setting_in(*debian, "dc_use_split_config").value_or("").find("true") != std::string::npos;
    return {"echo '" + line + "' > /etc/exim4/check_data_local",
            std::string("echo 'CHECK_DATA_LOCAL_ACL_FILE = /etc/exim4/check_data_local' >> /etc/exim4/") +
                (is_split ? "conf.d/main/000_localmacros" : "exim4.conf.localmacros"),
            "update-exim4.conf && systemctl reload exim4"};
}

Border detect_border(const Machine& machine, const MailServer& server) {
    Looking look{machine, server, {}};
    for (const auto& writer : writers)
        writer(look);
    return std::move(look.border);
}

} // namespace jmrp::cli
