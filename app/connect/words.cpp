#include "app/connect/words.hpp"

#include <array>

namespace kpistream::app {
namespace {

struct Pair {
  Phrase phrase;
  std::string_view ru;
  std::string_view en;
};

constexpr std::array<Pair, static_cast<std::size_t>(Phrase::count_)> kWords{{
    {Phrase::rest_ok, "REST отвечает", "REST answers"},
    {Phrase::rest_no_answer, "портал не отвечает", "the portal does not answer"},
    {Phrase::rest_bad_secret, "портал не принимает входящий вебхук", "the portal does not accept the incoming webhook"},
    {Phrase::rest_no_plan, "тариф портала не даёт REST", "the portal's plan does not include REST"},
    {Phrase::rest_moved, "портал переехал на другой адрес", "the portal has moved to another address"},
    {Phrase::rest_limited, "портал сейчас отказывает: перегружен или лимит исчерпан",
     "the portal refuses for now: overloaded, or its limit is used up"},
    {Phrase::rest_odd, "по этому адресу отвечает не REST Битрикс24",
     "what answers at this address is not the REST of Bitrix24"},
    {Phrase::rest_bad_url, "адрес REST не годится: {}", "the REST address will not do: {}"},
    {Phrase::rest_missing, "адрес REST не задан", "no REST address is configured"},
    {Phrase::cure_no_answer, "проверьте сеть, DNS и адрес портала", "check the network, DNS and the portal's address"},
    {Phrase::cure_bad_secret,
     "создайте входящий вебхук заново (Разработчикам → Другое → Входящий вебхук) и запишите его адрес в файл",
     "make the incoming webhook anew (Developer resources → Other → Inbound webhook) and put its address into the "
     "file"},
    {Phrase::cure_no_plan, "продлите коммерческий тариф Битрикс24", "renew the commercial plan of Bitrix24"},
    {Phrase::cure_moved, "скопируйте адрес входящего вебхука из портала заново",
     "copy the incoming webhook's address from the portal anew"},
    {Phrase::cure_limited, "повторите через несколько минут", "try again in a few minutes"},
    {Phrase::cure_odd, "адрес должен выглядеть так: https://ваш-портал.bitrix24.ru/rest/1/.../",
     "the address must look like https://your-portal.bitrix24.com/rest/1/.../"},
    {Phrase::cure_bad_url, "нужен https://ваш-портал.bitrix24.ru/rest/1/.../ (http только на этой же машине)",
     "it takes https://your-portal.bitrix24.com/rest/1/.../ (http on this machine only)"},
    {Phrase::cure_rest_missing, "задайте rest_url_file или application: без REST почти все показатели остаются пустыми",
     "set rest_url_file or application: without REST nearly all figures stay empty"},

    {Phrase::app_working, "приложение авторизовано", "the application is authorised"},
    {Phrase::app_waiting, "приложение ещё не установлено в портале",
     "the application is not yet installed in the portal"},
    {Phrase::app_refused, "токены приложения больше не действуют", "the application's tokens are not valid any more"},
    {Phrase::app_uninstalled, "приложение удалено из портала", "the application was removed from the portal"},
    {Phrase::app_foreign, "токены приложения выданы другому порталу или под другим адресом",
     "the application's tokens are of another portal, or of another address"},
    {Phrase::app_no_admin, "приложение установил не администратор",
     "the application was not installed by an administrator"},
    {Phrase::app_wrong_client, "сервер авторизации не знает client_id или client_secret",
     "the authorisation server does not know the client_id or the client_secret"},
    {Phrase::app_denied, "сервер авторизации отказывает, например приложение не оплачено",
     "the authorisation server refuses, for example because the application is not paid for"},
    {Phrase::app_unwritable, "файл токенов {} не записывается", "the token file {} cannot be written"},
    {Phrase::app_damaged, "файл токенов {} повреждён", "the token file {} is damaged"},
    {Phrase::app_unknown, "демон ничего не говорит о приложении", "the daemon tells nothing of the application"},
    {Phrase::app_no_pair, "без токенов портал не спросить", "without tokens the portal cannot be asked"},
    {Phrase::app_token_ended, "токен доступа истёк; демон обновит его со следующим запросом",
     "the access token has ended; the daemon will renew it with its next request"},
    {Phrase::cure_app_waiting,
     "установите приложение под администратором; адрес установки: https://<адрес демона>{}, или задайте "
     "refresh_token_file",
     "install the application as an administrator, with the installation address https://<address of the daemon>{}, or "
     "set refresh_token_file"},
    {Phrase::cure_app_refused,
     "переустановите приложение под администратором или положите новый токен в refresh_token_file",
     "install the application again as an administrator, or put a new token into refresh_token_file"},
    {Phrase::cure_app_foreign, "сверьте application.portal и member_id с порталом и перезапустите демон",
     "compare application.portal and member_id with the portal, and restart the daemon"},
    {Phrase::cure_app_no_admin, "переустановите приложение под администратором",
     "install the application again as an administrator"},
    {Phrase::cure_app_wrong_client, "скопируйте оба из карточки приложения в портале и перезапустите демон",
     "copy both from the application's card in the portal, and restart the daemon"},
    {Phrase::cure_app_denied, "проверьте в портале, оплачено ли приложение и включено ли оно",
     "see in the portal whether the application is paid for and switched on"},
    {Phrase::cure_app_unwritable, "освободите место или верните права на каталог; демон продолжит сам",
     "free some space, or mend the folder's rights; the daemon then goes on by itself"},
    {Phrase::cure_app_damaged, "уберите файл, перезапустите демон и переустановите приложение",
     "take the file away, restart the daemon and install the application again"},

    {Phrase::rights_ok, "вебхук принадлежит администратору: {}", "the webhook belongs to an administrator: {}"},
    {Phrase::rights_wrong, "владелец вебхука не администратор ({}): чужие записи не видны, списки молча неполны",
     "the webhook's owner is no administrator ({}): records of others are hidden, lists are silently short"},
    {Phrase::cure_rights, "создайте входящий вебхук под администратором",
     "make the incoming webhook as an administrator"},
    {Phrase::list_ok, "читается", "can be read"},
    {Phrase::list_rows, "читается, записей: {}", "can be read, records: {}"},
    {Phrase::list_no_scope, "у вебхука нет права {}", "the webhook lacks the scope {}"},
    {Phrase::list_refused, "портал отказывает: {}", "the portal refuses: {}"},
    {Phrase::list_unknown, "портал не ответил", "the portal did not answer"},
    {Phrase::cure_scope, "добавьте право {} в настройках входящего вебхука",
     "add the scope {} in the incoming webhook's settings"},
    {Phrase::cure_refused, "дайте владельцу вебхука доступ к этим данным",
     "give the webhook's owner access to these data"},
    {Phrase::cure_unknown, "повторите через несколько минут", "try again in a few minutes"},

    {Phrase::mode_ok_leads, "портал работает с лидами", "the portal works with leads"},
    {Phrase::mode_ok_simple, "портал работает без лидов", "the portal works without leads"},
    {Phrase::mode_wrong, "режим CRM портала не тот, что в конфигурации",
     "the portal's CRM mode is not the configured one"},
    {Phrase::cure_mode_classic, "напишите mode: classic", "write mode: classic"},
    {Phrase::cure_mode_simple, "напишите mode: simple", "write mode: simple"},
    {Phrase::mapping_ok, "всё, что названо в конфигурации, есть в портале",
     "all that the configuration names is in the portal"},
    {Phrase::mapping_unchecked, "не проверить: справочники портала не читаются",
     "cannot be checked: the portal's directories cannot be read"},
    {Phrase::mapping_stage, "{}: стадии {} в портале нет", "{}: the portal has no stage {}"},
    {Phrase::mapping_pipeline, "{}: воронки {} в портале нет", "{}: the portal has no funnel {}"},
    {Phrase::mapping_type, "{}: смарт-процесса {} в портале нет", "{}: the portal has no smart process {}"},
    {Phrase::mapping_field, "{}: поля {} в портале нет", "{}: the portal has no field {}"},
    {Phrase::cure_stage, "исправьте код стадии; сейчас есть: {}", "correct the stage; there are: {}"},
    {Phrase::cure_pipeline, "исправьте номер воронки; сейчас есть: {}", "correct the funnel; there are: {}"},
    {Phrase::cure_type, "исправьте номер смарт-процесса; сейчас есть: {}", "correct the smart process; there are: {}"},
    {Phrase::cure_field, "исправьте код поля; его показывает портал в настройках поля",
     "correct the field's code; the portal shows it in the field's settings"},

    {Phrase::clock_ok, "часы сходятся с порталом", "the clock agrees with the portal's"},
    {Phrase::clock_wrong, "часы расходятся с порталом на {} с", "the clock differs from the portal's by {} s"},
    {Phrase::cure_clock, "включите синхронизацию времени на этой машине (timedatectl set-ntp true)",
     "switch on time synchronisation on this machine (timedatectl set-ntp true)"},
    {Phrase::daemon_silent, "демон не отвечает на listen.admin", "no daemon answers at listen.admin"},
    {Phrase::cure_daemon, "запустите kpistream serve", "start kpistream serve"},
    {Phrase::portal_unserved, "демон не знает этого портала", "the daemon does not know this portal"},
    {Phrase::portal_unknown, "портала {} в конфигурации нет", "the configuration has no portal {}"},
    {Phrase::cure_portal, "исправьте --portal или подключите его: kpistream connect bitrix24",
     "correct --portal, or connect it: kpistream connect bitrix24"},
    {Phrase::cure_restart, "перезапустите демон", "restart the daemon"},
    {Phrase::hook_ok, "последнее событие: {}", "the last event: {}"},
    {Phrase::hook_unneeded, "события забирает демон из очереди портала",
     "the daemon fetches events from the portal's queue"},
    {Phrase::hook_never, "с запуска демона не пришло ни одного события", "no event has come since the daemon started"},
    {Phrase::hook_never_refused, "события не приходят, а запросов с неверным токеном или адресом было: {}",
     "no event has come, and there were requests with a wrong token or address: {}"},
    {Phrase::hook_old, "последнее событие давно: {}", "the last event is long ago: {}"},
    {Phrase::cure_hook,
     "измените любую сделку; если события нет, проверьте исходящий вебхук: его адрес и список событий",
     "change any deal; if no event comes, check the outgoing webhook: its address and list of events"},
    {Phrase::cure_hook_token, "сверьте токен исходящего вебхука с application_tokens_file и его адрес с адресом демона",
     "compare the outgoing webhook's token with application_tokens_file and its address with the daemon's"},
    {Phrase::reader_ok, "чтение идёт, удачных запросов: {}", "reading works, requests answered: {}"},
    {Phrase::reader_wrong, "чтение не удаётся: удачных запросов {}, отказов и сбоев {}",
     "reading fails: {} requests answered, {} refused or failed"},
    {Phrase::cure_reader, "исправьте то, что выше сказано о REST; подробности в журнале демона",
     "mend what is said about REST above; the daemon's log has the details"},
    {Phrase::account_ok, "аккаунт отвечает: {}", "the account answers: {}"},
    {Phrase::account_other, "отвечает другой аккаунт: {}", "another account answers: {}"},
    {Phrase::cure_account, "исправьте account_id, rest_url или токен", "correct account_id, rest_url or the token"},
    {Phrase::config_wrong, "{}", "{}"},
    {Phrase::cure_config, "исправьте эту строку конфигурации", "correct that line of the configuration"},
    {Phrase::cure_secret_file, "файл должен быть непустым и читаться только демоном: chown и chmod 600",
     "the file must not be empty, and only the daemon may read it: chown and chmod 600"},
    {Phrase::ok, "хорошо", "ok"},
    {Phrase::wrong, "плохо", "wrong"},
    {Phrase::cure, "что делать", "cure"},
    {Phrase::all_well, "Всё в порядке, проверок: {}", "All is well, checks: {}"},
    {Phrase::some_wrong, "Не в порядке: {} из {}", "Wrong: {} of {}"},

    {Phrase::subject_quotes, "Коммерческие предложения", "Quotes"},
    {Phrase::subject_payments, "Оплаты", "Payments"},
    {Phrase::subject_meetings, "Встречи", "Meetings"},
    {Phrase::subject_complaints, "Рекламации", "Complaints"},
    {Phrase::nothing_to_write, "настраивать нечего", "nothing to configure"},
    {Phrase::quotes_own, "в портале ведут предложения Битрикс24 (их {}), они считаются сами",
     "the portal keeps Bitrix24's own quotes ({} of them), which count by themselves"},
    {Phrase::quotes_smart, "своих предложений в портале нет, а смарт-процесс «{}» назван как предложение",
     "the portal has no quotes of its own, and the smart process \"{}\" is named like one"},
    {Phrase::quotes_stage, "своих предложений в портале нет, а стадия сделки «{}» говорит, что предложение отправлено",
     "the portal has no quotes of its own, and the deal stage \"{}\" says that a quote was sent"},
    {Phrase::quotes_none,
     "ни предложений, ни похожей стадии в портале нет; появятся предложения Битрикс24 — будут считаться сами",
     "the portal has neither quotes nor such a stage; quotes of Bitrix24 will count by themselves once there are any"},
    {Phrase::payments_own, "в портале ведут счета (их {}), оплаченный счёт считается сам",
     "the portal keeps invoices ({} of them), and a paid one counts by itself"},
    {Phrase::payments_smart, "счетов в портале нет, а смарт-процесс «{}» назван как оплата",
     "the portal has no invoices, and the smart process \"{}\" is named like a payment"},
    {Phrase::payments_orders, "счетов в портале нет, а оплаты заказов есть ({})",
     "the portal has no invoices, but payments of orders ({})"},
    {Phrase::payments_stage, "счетов в портале нет, а стадия сделки «{}» говорит, что деньги получены",
     "the portal has no invoices, and the deal stage \"{}\" says that the money has come"},
    {Phrase::payments_none, "ни счетов, ни оплат, ни похожей стадии в портале нет; счета будут считаться сами",
     "the portal has neither invoices nor payments nor such a stage; invoices will count by themselves"},
    {Phrase::meetings_stage, "стадия сделки «{}» говорит, что встреча состоялась; дела-встречи считаются и так",
     "the deal stage \"{}\" says that a meeting was held; meetings among the activities count anyway"},
    {Phrase::meetings_own, "дела с типом «встреча» считаются сами, похожей стадии нет",
     "activities of the type \"meeting\" count by themselves, and there is no such stage"},
    {Phrase::complaints_pipeline, "воронка «{}» названа как рекламации", "the funnel \"{}\" is named like complaints"},
    {Phrase::complaints_smart, "смарт-процесс «{}» назван как рекламации",
     "the smart process \"{}\" is named like complaints"},
    {Phrase::complaints_stage, "стадия сделки «{}» названа как рекламация",
     "the deal stage \"{}\" is named like a complaint"},
    {Phrase::complaints_none, "ни воронки, ни смарт-процесса, ни стадии с таким названием нет",
     "there is no funnel, smart process or stage of such a name"},

    {Phrase::ask_webhook,
     "Адрес входящего вебхука (Разработчикам → Другое → Входящий вебхук; права crm, task, telephony, user; "
     "под администратором). Ввод не показывается",
     "Address of the incoming webhook (Developer resources → Other → Inbound webhook; scopes crm, task, telephony, "
     "user; "
     "made by an administrator). What you type is not shown"},
    {Phrase::ask_alias, "Короткое имя портала для показателей (a-z 0-9 _ -) [{}]",
     "Short name of the portal for the figures (a-z 0-9 _ -) [{}]"},
    {Phrase::ask_public_url, "Под каким адресом демон виден из интернета, например https://kpi.example.com",
     "Under which address the daemon is seen from the internet, for example https://kpi.example.com"},
    {Phrase::ask_token, "Токен исходящего вебхука (портал показывает его после сохранения). Ввод не показывается",
     "Token of the outgoing webhook (the portal shows it once it is saved). What you type is not shown"},
    {Phrase::ask_mapping, "Записать предложенное в конфигурацию? [Y/n]",
     "Write what is proposed into the configuration? [Y/n]"},
    {Phrase::ask_overwrite, "Файл {} уже есть. Заменить? [y/N]", "The file {} is there already. Replace it? [y/N]"},
    {Phrase::checking, "Проверяю портал", "Checking the portal"},
    {Phrase::found_portal, "Зона {}, валюта {}", "Zone {}, currency {}"},
    {Phrase::found_plan, "Тариф: {}", "Plan: {}"},
    {Phrase::found_pipeline, "Воронка {} «{}»: {}", "Funnel {} \"{}\": {}"},
    {Phrase::found_smart, "Смарт-процесс DYNAMIC_{} «{}»", "Smart process DYNAMIC_{} \"{}\""},
    {Phrase::proposing, "Что считать чем", "What counts as what"},
    {Phrase::hook_create, "Теперь создайте исходящий вебхук", "Now make an outgoing webhook"},
    {Phrase::hook_menu, "Где: Разработчикам → Другое → Исходящий вебхук",
     "Where: Developer resources → Other → Outbound webhook"},
    {Phrase::hook_url, "Адрес обработчика: {}", "Handler URL: {}"},
    {Phrase::hook_placeholder, "https://<адрес демона>", "https://<address of the daemon>"},
    {Phrase::hook_events, "События:", "Events:"},
    {Phrase::hook_token_kept, "Токен вебхука: …{}", "The webhook's token: …{}"},
    {Phrase::written, "Записано: {}", "Written: {}"},
    {Phrase::fragment, "Конфигурация {} уже есть и не тронута. Вставьте строки из {} под её portals:",
     "The configuration {} is there already and was left alone. Put the lines of {} under its portals:"},
    {Phrase::start_hint, "Запустите: kpistream serve --config.file {}", "Start: kpistream serve --config.file {}"},
    {Phrase::reload_hint, "Потом перезапустите демон и проверьте: kpistream doctor",
     "Then restart the daemon and check: kpistream doctor"},
    {Phrase::waiting, "Жду первое событие до {} с. Измените любую сделку в портале",
     "Waiting up to {} s for the first event. Change any deal in the portal"},
    {Phrase::event_came, "Событие пришло: {}", "An event has come: {}"},
    {Phrase::no_event, "Событие не пришло. Проверьте: kpistream doctor", "No event has come. Check: kpistream doctor"},
    {Phrase::cannot_go_on, "Дальше нельзя: исправьте отмеченное и запустите снова",
     "This must be mended first; then run it again"},
    {Phrase::bad_alias, "имя портала: от 1 до 32 знаков a-z 0-9 _ -", "a portal's name is 1 to 32 of: a-z 0-9 _ -"},
    {Phrase::bad_token, "токен состоит из букв и цифр", "a token is made of letters and digits"},
    {Phrase::token_missing,
     "Токена исходящего вебхука нет, ничего не записано. Создайте вебхук и запустите снова с --application-token-file",
     "There is no token of the outgoing webhook, and nothing was written. Make the webhook and run again with "
     "--application-token-file"},
    {Phrase::webhook_missing, "нет адреса входящего вебхука: укажите --webhook-url-file",
     "there is no address of the incoming webhook: give --webhook-url-file"},
    {Phrase::exists, "файл {} уже есть; --overwrite разрешает заменить",
     "the file {} is there already; --overwrite allows to replace it"},
    {Phrase::cannot_write, "не могу записать {}", "cannot write {}"},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (kWords[i].phrase != static_cast<Phrase>(i)) return false;
  }
  return true;
}
static_assert(in_order(), "kWords has every phrase, in the order of the enumeration");

}  // namespace

Language language_of(std::string_view wish, std::string_view locale) {
  const std::string_view by = wish.empty() ? locale : wish;
  return by == "en" || by.starts_with("en_") || by.starts_with("en.") ? Language::en : Language::ru;
}

std::string_view pattern_of(Language language, Phrase phrase) {
  const Pair& pair = kWords.at(static_cast<std::size_t>(phrase));
  return language == Language::ru ? pair.ru : pair.en;
}

std::string say(Language language, Phrase phrase, const std::vector<std::string>& values) {
  constexpr std::string_view kPlace = "{}";
  std::string_view pattern = pattern_of(language, phrase);
  std::string text;
  for (const auto& value : values) {
    const auto at = pattern.find(kPlace);
    if (at == std::string_view::npos) break;
    text.append(pattern.substr(0, at)).append(value);
    pattern.remove_prefix(at + kPlace.size());
  }
  return text.append(pattern);
}

}  // namespace kpistream::app
