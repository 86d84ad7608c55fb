// [snds]: how Smart Network Data Services are asked, and what about them is an alarm.
#include <cmath>

#include "cli/config_rows.hpp"
#include "traffic/time_stamp.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using Snds = Config::Snds;
using reputation::Bounds;
using reputation::SndsThresholds;

/// A link holds its key, so it is a secret: found where other secrets are.
void add_link(Rows<Snds>& rows, domain::SecretSource Snds::*link, const char* const (&names)[3],
              const char* const (&comments)[3]) {
    Rows<Snds> found = rows_within(link, secret_rows());
    for (std::size_t i = 0; i < found.size(); ++i) {
        found[i].name = names[i];
        found[i].comment = comments[i];
        rows.push_back(std::move(found[i]));
    }
}

std::string read_redirect(const std::string& text) {
    constexpr std::string_view local = "http://localhost";
    if (!text.starts_with(local))
        throw std::string("it is http://localhost, with a port or without");
    const std::string_view rest = std::string_view(text).substr(local.size());
    const auto port = rest.starts_with(':') ? util::parse_unsigned(rest.substr(1)) : std::nullopt;
    if (!rest.empty() && (!port || *port < 1 || *port > 65'535))
        throw std::string("it is http://localhost, with a port or without");
    return text;
}

const Form<std::string> redirect{read_redirect, any_text.write};

Row<Snds> zone_row() {
    return {"timezone",
            "of the dates in answers, which name none: \"UTC\" (what Microsoft says since 2026) or \"+HHMM\"",
            [](Snds& snds, const toml::node& node) {
                const auto zone = traffic::parse_zone(text_of(node));
                if (!zone || zone->local)
                    throw std::string("it takes \"UTC\" or \"+HHMM\"");
                snds.zone = zone->offset_seconds;
            },
            [](const Snds& snds) {
                if (snds.zone == 0)
                    return toml_text("UTC");
                const auto minutes = std::abs(snds.zone) / 60;
                char text[16];
                std::snprintf(text, sizeof text, "%c%02d%02d", snds.zone < 0 ? '-' : '+',
                              static_cast<int>(minutes / 60), static_cast<int>(minutes % 60));
                return toml_text(text);
            }};
}

Row<Snds> access_row() {
    return {"access_since",
            "when access to your networks was confirmed last, \"2026-11-22\": it lapses after ten months, and the "
            "feedback reports with it; empty: no alarm",
            [](Snds& snds, const toml::node& node) {
                const std::string text = text_of(node);
                snds.access_since = util::parse_iso_day(text);
                if (!text.empty() && !snds.access_since)
                    throw std::string("it takes a day, \"2026-11-22\"");
            },
            [](const Snds& snds) {
                return toml_text(snds.access_since ? util::iso_day(*snds.access_since) : std::string());
            }};
}

Row<SndsThresholds> bound_row(const char* name, const char* comment, Bounds SndsThresholds::*bounds,
                              double Bounds::*bound) {
    return {name, comment,
            [=](SndsThresholds& alarms, const toml::node& node) {
                alarms.*bounds.*bound = static_cast<double>(number_of(node, 0, 36'500));
            },
            [=](const SndsThresholds& alarms) { return std::to_string(std::llround(alarms.*bounds.*bound)); }};
}

Row<SndsThresholds> percent_row(const char* name, const char* comment, double Bounds::*bound) {
    return {name, comment,
            [=](SndsThresholds& alarms, const toml::node& node) {
                const auto value = node.value<double>();
                if (!value || !(*value >= 0 && *value <= 100))
                    throw std::string("it takes a number from 0 to 100");
                alarms.rate.*bound = *value;
            },
            [=](const SndsThresholds& alarms) {
                char text[32];
                std::snprintf(text, sizeof text, "%g", alarms.rate.*bound);
                return std::string(text);
            }};
}

Rows<SndsThresholds> alarm_rows() {
    return {
        bound_row("warning_link_days", "jmrp check: a link is in use for longer; it dies after 30 days",
                  &SndsThresholds::link, &Bounds::warning),
        bound_row("critical_link_days", "critical where it is more than this", &SndsThresholds::link,
                  &Bounds::critical),
        bound_row("warning_token_days", "jmrp check: the sign-in was not used for longer", &SndsThresholds::token,
                  &Bounds::warning),
        bound_row("critical_token_days", "critical where it is more than this", &SndsThresholds::token,
                  &Bounds::critical),
        bound_row("warning_access_days", "jmrp check: more days have passed since access_since",
                  &SndsThresholds::access, &Bounds::warning),
        bound_row("critical_access_days", "critical where it is more than this", &SndsThresholds::access,
                  &Bounds::critical),
        bound_row("warning_fetch_hours", "jmrp check: nothing could be fetched for longer", &SndsThresholds::fetch,
                  &Bounds::warning),
        bound_row("critical_fetch_hours", "critical where it is more than this", &SndsThresholds::fetch,
                  &Bounds::critical),
        bound_row("warning_data_days",
                  "jmrp check: the newest day with data is older, while mail went to outlook.com; or an IP that sent "
                  "enough is missing",
                  &SndsThresholds::data, &Bounds::warning),
        bound_row("critical_data_days", "critical where it is more than this", &SndsThresholds::data,
                  &Bounds::critical),
        percent_row("warning_rate", "jmrp check: the complaint rate of a day is above that many percent",
                    &Bounds::warning),
        percent_row("critical_rate", "critical where it is more than this", &Bounds::critical),
    };
}

} // namespace

Rows<Snds> snds_rows() {
    Rows<Snds> out;
    add_link(out, &Snds::data_link, {"data_link_file", "data_link_command", "data_link_env"},
             {"the link with a key that gives the data is the first line of this file; empty: there is none",
              "a program and its arguments; the first line that it prints is that link",
              "the environment variable that holds it"});
    add_link(out, &Snds::status_link, {"status_link_file", "status_link_command", "status_link_env"},
             {"the same for the link that gives the standing of your IPs",
              "a program and its arguments; the first line that it prints is that link",
              "the environment variable that holds it"});
    for (Row<Snds>& row : Rows<Snds>{
             path_row("token_file", "where 'jmrp snds login' keeps the sign-in; empty: snds.token beside the database",
                      &Snds::token_file),
             text_row("base_url", "whom 'jmrp snds fetch' asks once you are signed in", &Snds::base_url, http_url),
             text_row("authority", "where one signs in", &Snds::authority, http_url),
             text_row("client_id", "as which program; this one is that of Microsoft's own page", &Snds::client_id,
                      word),
             text_row("scope", "what is asked for; empty: what client_id may, also later and without a person",
                      &Snds::scope, word),
             text_row("redirect", "where the browser goes with the answer; Microsoft allows http://localhost alone",
                      &Snds::redirect, redirect),
             path_row("ca_file", "certificates of authorities that are trusted in place of the system's",
                      &Snds::ca_file),
             zone_row(),
             number_row("history_days", "how far back days are asked for; the service has 90", 1, 90,
                        &Snds::history_days),
             number_row("timeout_seconds", "how long one answer may take", 1, 3600, &Snds::timeout_seconds),
             number_row("patience_seconds", "how long one run waits in all for a server that fails or asks to wait", 0,
                        86'400, &Snds::patience_seconds),
             number_row("retention_days", "how long answers are kept as they came; their rows stay", 1, 36'500,
                        &Snds::retention_days),
             access_row()})
        out.push_back(std::move(row));
    for (Row<Snds>& row : rows_within(&Snds::alarms, alarm_rows()))
        out.push_back(std::move(row));
    return out;
}

} // namespace jmrp::cli
