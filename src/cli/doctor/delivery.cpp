// Whether the mail server hands reports over.
#include <algorithm>

#include "cli/doctor/checks.hpp"
#include "cli/network.hpp"
#include "util/run_program.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

constexpr std::string_view command = "jmrp ingest";

bool has_reports(const Patient& patient) {
    return patient.observed && !patient.observed->days.empty();
}

bool polls_mailboxes(const Patient& patient) {
    return std::ranges::any_of(patient.config.feeds, [](const domain::Feed& feed) { return feed.mailbox.has_value(); });
}

/// What leads a line of an alias file to its right side.
std::string alias_of(std::string_view line) {
    return std::string(util::trim(line.substr(0, line.find(':'))));
}

bool is_own(const Patient& patient, std::string_view alias) {
    return std::ranges::any_of(patient.config.rules.policy.own_addresses,
                               [&](const domain::Address& own) { return util::equal_ignoring_case(own.local, alias); });
}

/// The first line, comments aside, that ends in our command: that of an own address before others.
std::optional<std::string> line_with_command(const Patient& patient, std::string_view text) {
    std::optional<std::string> out;
    for (const std::string_view line : util::split(text, '\n')) {
        const std::string_view rest = util::trim(line);
        if (rest.starts_with('#') || rest.find(command) == std::string_view::npos)
            continue;
        if (!out || (is_own(patient, alias_of(rest)) && !is_own(patient, alias_of(*out))))
            out = std::string(rest);
    }
    return out;
}

/// Files of Postfix's lists "hash:/etc/aliases, texthash:/etc/jmrp/aliases".
std::vector<std::string> files_in(std::string_view maps) {
    std::vector<std::string> out;
    std::string text(maps);
    std::ranges::replace(text, ',', ' ');
    for (const std::string_view word : util::split(text, ' ')) {
        const auto slash = word.find('/');
        if (slash != std::string_view::npos && word.find("inline:") == std::string_view::npos)
            out.emplace_back(word.substr(slash));
    }
    return out;
}

struct Place {
    std::string file;
    std::string line;
};

/// Where something ends in our command.
std::optional<Place> find_pipe(const Patient& patient) {
    std::vector<std::string> files;
    if (patient.server.kind == MailServer::Kind::exim) {
        if (const auto configuration = exim_configuration(patient.machine, patient.server))
            if (const auto line = line_with_command(patient, configuration->text))
                return Place{configuration->file, *line};
    } else if (patient.server.kind == MailServer::Kind::postfix) {
        files = files_in(postfix_value(patient.machine, "alias_maps").value_or(""));
        files.emplace_back("/etc/postfix/master.cf");
    }
    for (const char* file :
         {"/etc/aliases", "/etc/jmrp/postfix/aliases", "/etc/smtpd.conf", "/etc/mail/smtpd.conf", "/etc/mail/aliases"})
        if (std::ranges::find(files, file) == files.end())
            files.emplace_back(file);
    for (const std::string& file : files)
        if (const auto text = patient.machine.read(file))
            if (const auto line = line_with_command(patient, *text))
                return Place{file, *line};
    return std::nullopt;
}

std::string local_part(const Patient& patient) {
    const auto& addresses = patient.config.rules.policy.own_addresses;
    return addresses.empty() ? "fbl" : addresses.front().local;
}

std::vector<std::string> remedy_for(const Patient& patient) {
    if (patient.server.kind == MailServer::Kind::postfix)
        return {
            "install -d -o jmrp -g jmrp /etc/jmrp/postfix",
            "echo '" + local_part(patient) + ": \"|/usr/bin/jmrp ingest\"' > /etc/jmrp/postfix/aliases",
            "chown jmrp:jmrp /etc/jmrp/postfix/aliases && postalias /etc/jmrp/postfix/aliases",
            "postconf \"alias_maps = $(postconf -h alias_maps), hash:/etc/jmrp/postfix/aliases\" && postfix reload"};
    if (patient.server.kind == MailServer::Kind::exim)
        return {"add the router and the transport of /usr/share/doc/jmrp/examples/exim/jmrp.conf"};
    return {"let your mail server pipe the feedback address into 'jmrp ingest', or read a Maildir: 'jmrp ingest "
            "maildir:PATH'"};
}

} // namespace

Diagnosis look_at_mail_server(const Patient& patient) {
    switch (patient.server.kind) {
    case MailServer::Kind::postfix:
        return {State::ok, "Postfix", {}};
    case MailServer::Kind::exim:
        return {State::ok, "Exim", {}};
    case MailServer::Kind::none:
        break;
    }
    if (has_reports(patient))
        return {State::ok, "neither Postfix nor Exim is here, but reports came", {}};
    if (polls_mailboxes(patient))
        return {State::ok, "neither Postfix nor Exim is here, and mailboxes are polled", {}};
    return {State::missing, "neither Postfix nor Exim was found", remedy_for(patient)};
}

Diagnosis look_at_pipe(const Patient& patient) {
    const auto place = find_pipe(patient);
    if (!place) {
        if (has_reports(patient))
            return {State::ok, "nothing found that pipes into 'jmrp ingest', but reports came", {}};
        if (polls_mailboxes(patient))
            return {State::ok, "nothing found that pipes into 'jmrp ingest', and mailboxes are polled", {}};
        return {State::missing, "nothing was found that pipes into 'jmrp ingest'", remedy_for(patient)};
    }
    std::string found = "in " + place->file + ": " + place->line;
    const bool is_alias = place->file.find("aliases") != std::string::npos;
    if (is_alias && patient.server.kind == MailServer::Kind::postfix) {
        const std::string maps = postfix_value(patient.machine, "alias_maps").value_or("");
        const auto files = files_in(maps);
        if (std::ranges::find(files, place->file) == files.end())
            return {
                State::broken,
                "Postfix does not read " + place->file,
                {"postconf \"alias_maps = $(postconf -h alias_maps), hash:" + place->file + "\" && postfix reload"}};
        if (place->file == "/etc/aliases")
            found += " (runs as nobody there: a file of the user " + patient.service.name + " is the place for it)";
        const std::string alias = alias_of(place->line);
        if (!is_own(patient, alias))
            return {State::missing,
                    found + "; own.addresses does not name the address",
                    {key_line(patient, "own", "addresses = [\"" + alias + "@...\"]")}};
        if (place->file == "/etc/aliases")
            return {State::broken, found, remedy_for(patient)};
    }
    return {State::ok, found, {}};
}

Diagnosis look_at_own_networks(const Patient& patient) {
    const auto& networks = patient.config.rules.reading.own_networks;
    if (!networks.empty())
        return {State::ok,
                std::to_string(networks.size()) + " in own.networks, the first is " + networks.front().text(),
                {}};
    return {State::missing,
            "own.networks is empty",
            {key_line(patient, "own", "networks = [\"192.0.2.0/24\"], with yours")}};
}

Diagnosis look_at_own_domains(const Patient& patient) {
    const auto& domains = patient.config.rules.reading.own_domains;
    std::string lacking;
    std::string all;
    for (const std::string& domain : domains)
        all += "\"" + domain + "\", ";
    for (const Detected& domain : patient.server.domains) {
        all += std::ranges::find(domains, domain.value) == domains.end() ? "\"" + domain.value + "\", " : "";
        if (lacking.empty() && std::ranges::find(domains, domain.value) == domains.end())
            lacking = domain.value + " (" + domain.from + ")";
    }
    const std::string line = key_line(
        patient, "own", "domains = [" + (all.empty() ? "\"sender.example\"" : all.substr(0, all.size() - 2)) + "]");
    if (domains.empty())
        return {State::missing, "own.domains is empty", {line}};
    if (!lacking.empty())
        return {State::missing, "own.domains does not name " + lacking, {line}};
    return {State::ok, std::to_string(domains.size()) + " in own.domains, the first is " + domains.front(), {}};
}

std::optional<Diagnosis> what_keeps_jmrp_net() {
    const auto program = find_program(Runs::in_jmrp_net);
    if (!program)
        return Diagnosis{State::missing, "jmrp-net is not installed", {"apt-get install --reinstall jmrp"}};
    const auto ran = util::run_program(*program, {"--version"});
    if (!ran || ran->exit_status != 0)
        return Diagnosis{State::broken, program->string() + " does not run", {program->string() + " --version"}};
    return std::nullopt;
}

Diagnosis look_at_dkim(const Patient& patient) {
    const auto& rules = patient.config.rules.reading.authenticity;
    if (!patient.config.rules.check_dkim()) {
        if (!rules.authserv_ids.empty() || !rules.secret_addresses.empty())
            return {State::ok, "authenticity.check_dkim is off; other ways are there", {}};
        return {State::missing,
                "authenticity.check_dkim is off, and there is no other way to believe a report",
                {key_line(patient, "authenticity", "check_dkim = true")}};
    }
    if (const auto trouble = what_keeps_jmrp_net())
        return *trouble;
    return {State::ok,
            find_program(Runs::in_jmrp_net)->string() + " runs; " + std::to_string(patient.waiting_for_dkim) +
                " reports wait for their signatures",
            {}};
}

} // namespace jmrp::cli
