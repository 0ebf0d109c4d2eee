// What a portal's mapping takes for an offer, a payment, a meeting or a complaint.
#include <gtest/gtest.h>

#include "ingest/bitrix24/adapter.hpp"
#include "stream/facts/derive.hpp"
#include "stream/facts/links.hpp"
#include "tests/unit/ingest/bitrix24/support.hpp"

namespace kpistream::ingest {
namespace {

PortalSettings mapped() {
  PortalSettings settings;
  settings.quote_types = {"DYNAMIC_128", "DOCUMENT_12"};
  settings.payment_types = {"DYNAMIC_130", "PAYMENT"};
  settings.complaint_types = {"DYNAMIC_1036"};
  return settings;
}

Decoded decode(const PortalSettings& settings, const std::string& subject, const std::string& body,
               std::uint16_t status = 200) {
  Record record = reading(subject, body, status);
  record.arrived = 1'789'380'000;
  return make_bitrix24_adapter(settings)->decode(record);
}

std::string item(const std::string& fields) {
  return R"({"result":{"item":{"id":5,"updatedTime":"2026-09-14T10:00:00Z","createdTime":"2026-09-14T09:00:00Z",)"
         R"("movedTime":"2026-09-14T09:30:00Z","assignedById":7,"createdBy":8,"movedBy":9,"categoryId":3,)" +
         fields + "}}}";
}

TEST(Bitrix24Items, OfATypeWithoutMeaningAreIgnored) {
  EXPECT_EQ(describe(decode({}, "crm.item.get?entityTypeId=128&id=5", item("\"stageId\":\"DT128_3:NEW\""))),
            "ignored crm.item.get");
  EXPECT_EQ(describe(decode(mapped(), "crm.item.get?entityTypeId=129&id=5", item("\"stageId\":\"\""))),
            "ignored crm.item.get");
}

TEST(Bitrix24Items, ASmartProcessOfOffersIsAQuoteOfItsOwnName) {
  EXPECT_EQ(describe(decode(mapped(), "crm.item.get?entityTypeId=128&id=5",
                            item(R"("stageId":"DT128_3:SUCCESS","opportunity":99000.5,"currencyId":"RUB")"))),
            "understood crm.item.get\nquote:128:5 presence=present version=2026-09-14T10:00:00Z "
            "created=2026-09-14T09:00:00Z | point at=2026-09-14T10:00:00Z entered=2026-09-14T09:30:00Z pipeline=3 "
            "stage=DT128_3:SUCCESS outcome=won owner=7 amount=9900050 mover=9");
}

TEST(Bitrix24Items, ASmartProcessOfPaymentsIsAnInvoiceOfItsOwnName) {
  const auto decoded =
      decode(mapped(), "crm.item.get?entityTypeId=130&id=5", item("\"stageId\":\"DT130_3:FAIL\",\"companyId\":3"));
  ASSERT_EQ(decoded.observations.size(), 1U);
  EXPECT_EQ(decoded.observations[0].ref, (EntityRef{EntityKind::invoice, "130:5"}));
  EXPECT_EQ(decoded.observations[0].point->outcome, Outcome::lost);
  EXPECT_EQ(decoded.observations[0].client.value().id, "company:3");
}

TEST(Bitrix24Items, ASmartProcessOfComplaintsIsAnActOnItsDeal) {
  const auto decoded =
      decode(mapped(), "crm.item.get?entityTypeId=1036&id=5", item(R"("stageId":"DT1036_3:SUCCESS","parentId2":701)"));
  EXPECT_EQ(describe(decoded),
            "understood crm.item.get\nactivity:1036:5 presence=present version=2026-09-14T10:00:00Z "
            "created=2026-09-14T09:00:00Z | point at=2026-09-14T10:00:00Z entered=2026-09-14T09:30:00Z pipeline=3 "
            "stage=DT1036_3:SUCCESS outcome=won mover=9 | details owner=7 start=2026-09-14T09:00:00Z done=yes "
            "done_at=2026-09-14T09:30:00Z target=deal:701 type=DYNAMIC_1036 author=8 closer=9 "
            "created=2026-09-14T09:00:00Z");
  const PortalSettings settings = mapped();
  const Calendar calendar(settings);
  Entity entity;
  entity.observe(decoded.observations[0]);
  class NoLinks : public LinkView {
   public:
    void each(LinkKind, UnixSeconds, UnixSeconds, const std::function<bool(const Link&)>&) const override {}
    [[nodiscard]] std::optional<Link> newest_touch() const override { return std::nullopt; }
  };
  const auto facts = derive_facts(decoded.observations[0].ref, entity, NoLinks{}, {settings, calendar});
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].kind, FactKind::complaint);
  EXPECT_EQ(facts[0].manager, "7");
}

TEST(Bitrix24Items, ListsAndGoneRecordsAreOfTheSameKind) {
  const auto rows = decode(mapped(), "crm.item.list?entityTypeId=128",
                           R"({"result":{"items":[{"id":5,"updatedTime":"2026-09-14T10:00:00Z"}]}})");
  ASSERT_EQ(rows.observations.size(), 2U);
  EXPECT_EQ(rows.observations[0].ref, (EntityRef{EntityKind::quote, "128:5"}));
  EXPECT_EQ(rows.observations[1].ref, (EntityRef{EntityKind::cursor, "crm.item.list?entityTypeId=128"}));
  const auto gone = decode(mapped(), "crm.item.get?entityTypeId=128&id=5", R"({"error":"NOT_FOUND"})", 400);
  EXPECT_EQ(describe(gone), "understood crm.item.get\nquote:128:5 presence=gone");
  const auto acts = decode(mapped(), "crm.stagehistory.list?entityTypeId=1036&more=1",
                           R"({"result":{"items":[{"ID":1,"OWNER_ID":5,"CREATED_TIME":"2026-09-14T10:00:00Z",
                               "STAGE_ID":"DT1036_3:NEW"}]}})");
  EXPECT_EQ(describe(acts), "understood crm.stagehistory.list");
}

TEST(Bitrix24OldInvoices, ArePaidInStatusPAndStandBesideTheNewOnes) {
  EXPECT_EQ(describe(decode({}, "crm.invoice.get?id=5",
                            R"({"result":{"ID":"5","STATUS_ID":"P","PRICE":"1500.00","CURRENCY":"USD",
                                "DATE_INSERT":"2026-09-14T08:00:00Z","DATE_UPDATE":"2026-09-14T10:00:00Z",
                                "DATE_STATUS":"2026-09-14T09:00:00Z","RESPONSIBLE_ID":"7","EMP_STATUS_ID":"9",
                                "UF_COMPANY_ID":"0","UF_CONTACT_ID":"61"}})")),
            "understood crm.invoice.get\ninvoice:5:5 presence=present version=2026-09-14T10:00:00Z "
            "created=2026-09-14T08:00:00Z client=contact:61 | point at=2026-09-14T10:00:00Z "
            "entered=2026-09-14T09:00:00Z stage=P outcome=won owner=7 amount=150000 currency=USD mover=9");
  EXPECT_EQ(describe(decode({}, "crm.invoice.get?id=5", R"({"error":"","error_description":"Not found"})", 400)),
            "understood crm.invoice.get\ninvoice:5:5 presence=gone");
}

std::string document(const std::string& template_id) {
  return R"({"result":{"document":{"id":"5","templateId":")" + template_id +
         R"(","createTime":"2026-09-14T09:00:00Z","updateTime":"2026-09-14T10:00:00Z","createdBy":"7","updatedBy":"9",
            "entityTypeId":2,"entityId":"701","values":{}}}})";
}

TEST(Bitrix24Documents, OfAListedTemplateAreQuotesThatWereSent) {
  const std::string subject = "crm.documentgenerator.document.get?id=5";
  EXPECT_EQ(describe(decode(mapped(), subject, document("12"))),
            "understood crm.documentgenerator.document.get\nquote:document:5 presence=present "
            "version=2026-09-14T10:00:00Z created=2026-09-14T09:00:00Z | point at=2026-09-14T10:00:00Z "
            "entered=2026-09-14T09:00:00Z stage=APPROVED outcome=won owner=7 mover=7 author=9");
  EXPECT_TRUE(decode(mapped(), subject, document("13")).observations.at(0).ignore);
  PortalSettings all;
  all.quote_types = {"DOCUMENT"};
  EXPECT_FALSE(decode(all, subject, document("13")).observations.at(0).ignore);
}

std::string payment(const std::string& fields) {
  return R"({"result":{"payment":{"id":5,"orderId":3,"dateBill":"2026-09-14T08:00:00Z",
             "datePaid":"2026-09-14T09:00:00Z","sum":"4627.3000","currency":"RUB","responsibleId":7,"empPaidId":null,)" +
         fields + "}}}";
}

TEST(Bitrix24Payments, CountWhenPaidAndAreTakenBackWhenNot) {
  const std::string subject = "sale.payment.get?id=5";
  EXPECT_EQ(describe(decode(mapped(), subject, payment(R"("paid":"Y","isReturn":"N")"))),
            "understood sale.payment.get\ninvoice:payment:5 presence=present version=2026-09-14T10:00:00Z "
            "created=2026-09-14T08:00:00Z | point at=2026-09-14T10:00:00Z entered=2026-09-14T09:00:00Z stage=PAID "
            "outcome=won owner=7 amount=462730");
  EXPECT_EQ(decode(mapped(), subject, payment(R"("paid":"N")")).observations.at(0).point->outcome, Outcome::open);
  EXPECT_EQ(decode(mapped(), subject, payment(R"("paid":"Y","isReturn":"Y")")).observations.at(0).point->outcome,
            Outcome::open);
  const auto gone = decode(mapped(), subject, R"({"error":200640400001,"error_description":"нет такой оплаты"})", 400);
  EXPECT_EQ(describe(gone), "understood sale.payment.get\ninvoice:payment:5 presence=gone");
  EXPECT_EQ(describe(decode(mapped(), subject, R"({"error":200040300010})", 400)), "quarantined sale.payment.get");
}

TEST(Bitrix24Clients, AreNotKeptByName) {
  for (const char* method : {"crm.contact.get", "crm.company.get"}) {
    EXPECT_EQ(describe(decode({}, std::string(method) + "?id=5", R"({"result":{"ID":"5","NAME":"Иван"}})")),
              std::string("ignored ") + method);
  }
}

}  // namespace
}  // namespace kpistream::ingest
