// Whether the mailboxes of the feeds can be polled, SNDS be fetched and the list be handed on, as far as that can be seen without asking
// a server.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "cli/doctor/checks.hpp"
#include "cli/secret.hpp"

namespace jmrp::cli {

namespace {

const char* verb_of(int mode) {
    return mode == X_OK ? "run " : (mode & W_OK) != 0 ? "write in " : "read ";
}

/// Whether that user may have it; what is wrong, or nothing.
std::optional<Diagnosis> look_at_file(const Patient& patient, const std::filesystem::path& file, int mode) {
    const std::string name = file.string();
    const auto allowed = may(patient.service, file, mode);
    if (!allowed)
        return Diagnosis{State::unknown,
                         "whether the user " + patient.service.name + " reaches " + name + " only root sees",
                         {"sudo jmrp doctor"}};
    if (*allowed)
        return std::nullopt;
    if (::access(file.c_str(), F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return Diagnosis{State::missing, "there is no " + name, {}};
    return Diagnosis{State::broken,
                     "the user " + patient.service.name + " cannot " + verb_of(mode) + name,
                     {mode == X_OK ? "chmod +x " + name : "chown " + patient.service.name + " " + name}};
}

std::optional<Diagnosis> look_at_secret_file(const Patient& patient, const std::filesystem::path& file) {
    struct stat found {};
    if (::stat(file.c_str(), &found) == 0)
        if (const char* why = why_open(found.st_mode))
            return Diagnosis{State::broken, file.string() + ": " + why, {"chmod o-rwx,g-w " + file.string()}};
    auto trouble = look_at_file(patient, file, R_OK);
    if (trouble && trouble->state == State::missing && file.string().starts_with("/run/credentials/"))
        return std::nullopt; // systemd makes it for the service alone, while that runs
    return trouble;
}

std::optional<Diagnosis> look_at_secret(const Patient& patient, const domain::SecretSource& secret) {
    if (!secret.file.empty())
        return look_at_secret_file(patient, secret.file);
    if (!secret.command.empty())
        return look_at_file(patient, secret.command.front(), X_OK);
    return std::nullopt; // the environment of cron is not that of 'jmrp doctor'
}

/// A word of a command; one without a slash is looked for in PATH, which is not that of cron.
std::optional<Diagnosis> look_at_program(const Patient& patient, const std::vector<std::string>& words) {
    const bool has_place = !words.empty() && words.front().find('/') != std::string::npos;
    return has_place ? look_at_file(patient, words.front(), X_OK) : std::nullopt;
}

std::optional<Diagnosis> look_at_ca_file(const Patient& patient, const std::filesystem::path& file) {
    return file.empty() ? std::nullopt : look_at_file(patient, file, R_OK);
}

std::optional<Diagnosis> look_at_mailbox(const Patient& patient, const domain::Mailbox& mailbox) {
    auto trouble = look_at_secret(patient, mailbox.secret);
    return trouble ? trouble : look_at_ca_file(patient, mailbox.ca_file);
}

std::optional<Diagnosis> look_at_export(const Patient& patient, const domain::Consumer& consumer) {
    std::optional<Diagnosis> trouble;
    if (!consumer.server.url.empty())
        trouble = look_at_secret(patient, consumer.server.secret);
    if (!trouble)
        trouble = look_at_ca_file(patient, consumer.server.ca_file);
    if (!trouble && !consumer.to.empty()) // a new file takes the place of the old one
        trouble = look_at_file(patient, consumer.to.parent_path(), W_OK | X_OK);
    if (!trouble)
        trouble = look_at_program(patient, consumer.after);
    return trouble ? trouble : look_at_program(patient, consumer.command);
}

struct Named {
    std::string name;
    std::optional<Diagnosis> trouble;
};

/// One diagnosis of all of a kind, [section.NAME] each.
Diagnosis summed_up(const Patient& patient, const std::string& section, std::vector<Named>& all) {
    Diagnosis out{State::ok, {}, {}};
    std::string names;
    for (auto& [name, trouble] : all) {
        names += (names.empty() ? "" : ", ") + name;
        if (!trouble)
            continue;
        // What is broken outweighs what cannot be seen.
        if (out.state == State::ok || out.state == State::unknown)
            out.state = trouble->state;
        out.found += (out.found.empty() ? "" : "; ") + name + ": " + trouble->found;
        if (trouble->remedy.empty())
            trouble->remedy.push_back(key_line(patient, section + "." + name, "name a file that is there, or make it"));
        out.remedy.insert(out.remedy.end(), trouble->remedy.begin(), trouble->remedy.end());
    }
    return out.found.empty() ? Diagnosis{State::ok, names, {}} : out;
}

} // namespace

Diagnosis look_at_mailboxes(const Patient& patient) {
    std::vector<Named> all;
    for (const domain::Feed& feed : patient.config.feeds)
        if (feed.mailbox)
            all.push_back({feed.name, look_at_mailbox(patient, *feed.mailbox)});
    if (all.empty())
        return {State::ok, "no feed has one", {}};
    if (const auto trouble = what_keeps_jmrp_net())
        return *trouble;
    return summed_up(patient, "feed", all);
}

Diagnosis look_at_exports(const Patient& patient) {
    std::vector<Named> all;
    bool asks_servers = false;
    for (const domain::Consumer& consumer : patient.config.exports) {
        asks_servers = asks_servers || !consumer.server.url.empty();
        all.push_back({consumer.name, look_at_export(patient, consumer)});
    }
    if (all.empty())
        return {State::ok, "the list is handed to nobody", {}};
    if (const auto trouble = asks_servers ? what_keeps_jmrp_net() : std::nullopt)
        return *trouble;
    return summed_up(patient, "export", all);
}

Diagnosis look_at_snds(const Patient& patient) {
    const Config::Snds& snds = patient.config.snds;
    std::error_code error;
    const bool signed_in = std::filesystem::exists(snds.token_file, error);
    if (!signed_in && snds.data_link.empty() && snds.status_link.empty())
        return {State::ok, "not fetched: 'jmrp snds login' signs in, 'jmrp snds import' takes files", {}};
    if (const auto trouble = what_keeps_jmrp_net())
        return *trouble;
    for (const domain::SecretSource& secret :
         {snds.data_link, snds.status_link, domain::SecretSource{signed_in ? snds.token_file : "", {}, {}}})
        if (const auto trouble = look_at_secret(patient, secret))
            return *trouble;
    const std::filesystem::path folder = std::filesystem::absolute(snds.token_file, error).parent_path();
    if (signed_in && may(patient.service, folder, W_OK) == false)
        return {State::broken,
                "the user " + patient.service.name + " cannot write in " + folder.string() +
                    ", and the sign-in changes at every use",
                {"set snds.token_file to a place where it may"}};
    return {State::ok, signed_in ? "somebody is signed in" : "by links with a key, which last 30 days", {}};
}

} // namespace jmrp::cli
