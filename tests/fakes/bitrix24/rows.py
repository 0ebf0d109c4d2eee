"""New rows with every field in the order and type that the portal's REST prints them in."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


def lead(ident: str, at: str, owner: str, by: str) -> Row:
    return {
        "ID": ident, "TITLE": f"Лид {ident}", "HONORIFIC": None, "NAME": None, "SECOND_NAME": None, "LAST_NAME": None,
        "COMPANY_TITLE": None, "COMPANY_ID": None, "CONTACT_ID": None, "IS_RETURN_CUSTOMER": "N", "BIRTHDATE": "",
        "SOURCE_ID": "WEB", "SOURCE_DESCRIPTION": None, "STATUS_ID": "NEW", "STATUS_DESCRIPTION": None, "POST": None,
        "COMMENTS": None, "CURRENCY_ID": "RUB", "OPPORTUNITY": "0.00", "IS_MANUAL_OPPORTUNITY": "N", "HAS_PHONE": "N",
        "HAS_EMAIL": "N", "HAS_IMOL": "N", "ASSIGNED_BY_ID": owner, "CREATED_BY_ID": by, "MODIFY_BY_ID": by,
        "DATE_CREATE": at, "DATE_MODIFY": at, "DATE_CLOSED": "", "STATUS_SEMANTIC_ID": "P", "OPENED": "Y",
        "ORIGINATOR_ID": None, "ORIGIN_ID": None, "MOVED_BY_ID": by, "MOVED_TIME": at, "ADDRESS": None,
        "UTM_SOURCE": None, "UTM_MEDIUM": None, "UTM_CAMPAIGN": None, "UTM_CONTENT": None, "UTM_TERM": None,
        "LAST_ACTIVITY_BY": by, "LAST_ACTIVITY_TIME": at,
    }


def deal(ident: str, at: str, owner: str, by: str) -> Row:
    return {
        "ID": ident, "TITLE": f"Сделка {ident}", "TYPE_ID": "SALE", "STAGE_ID": "NEW", "PROBABILITY": None,
        "CURRENCY_ID": "RUB", "OPPORTUNITY": "0.00", "IS_MANUAL_OPPORTUNITY": "Y", "TAX_VALUE": "0.00", "LEAD_ID": None,
        "COMPANY_ID": "0", "CONTACT_ID": None, "QUOTE_ID": None, "BEGINDATE": "", "CLOSEDATE": "",
        "ASSIGNED_BY_ID": owner, "CREATED_BY_ID": by, "MODIFY_BY_ID": by, "DATE_CREATE": at, "DATE_MODIFY": at,
        "OPENED": "Y", "CLOSED": "N", "COMMENTS": None, "ADDITIONAL_INFO": None, "LOCATION_ID": None,
        "CATEGORY_ID": "0", "STAGE_SEMANTIC_ID": "P", "IS_NEW": "Y", "IS_RECURRING": "N", "IS_RETURN_CUSTOMER": "N",
        "IS_REPEATED_APPROACH": "N", "SOURCE_ID": "WEB", "SOURCE_DESCRIPTION": None, "ORIGINATOR_ID": None,
        "ORIGIN_ID": None, "MOVED_BY_ID": by, "MOVED_TIME": at, "LAST_ACTIVITY_TIME": at, "UTM_SOURCE": None,
        "UTM_MEDIUM": None, "UTM_CAMPAIGN": None, "UTM_CONTENT": None, "UTM_TERM": None, "LAST_ACTIVITY_BY": by,
        "UF_CRM_LOSE_REASON": "",
    }


def quote(ident: str, at: str, owner: str, by: str) -> Row:
    return {
        "ID": ident, "TITLE": f"КП {ident}", "STATUS_ID": "DRAFT", "CURRENCY_ID": "RUB", "OPPORTUNITY": "0.00",
        "TAX_VALUE": "0.00", "COMPANY_ID": None, "CONTACT_ID": None, "MYCOMPANY_ID": "3", "BEGINDATE": "",
        "CLOSEDATE": "", "ACTUAL_DATE": "", "ASSIGNED_BY_ID": owner, "CREATED_BY_ID": by, "MODIFY_BY_ID": by,
        "DATE_CREATE": at, "DATE_MODIFY": at, "OPENED": "Y", "CLOSED": "N", "COMMENTS": None, "LEAD_ID": None,
        "DEAL_ID": None, "QUOTE_NUMBER": ident, "CONTENT": None, "TERMS": None, "PERSON_TYPE_ID": "1",
        "LOCATION_ID": None, "CLIENT_TITLE": None, "UTM_SOURCE": None, "UTM_MEDIUM": None, "UTM_CAMPAIGN": None,
        "UTM_CONTENT": None, "UTM_TERM": None, "LAST_COMMUNICATION_TIME": None, "LAST_ACTIVITY_BY": by,
        "LAST_ACTIVITY_TIME": at,
    }


def invoice(ident: int, at: str, owner: int, by: int) -> Row:
    return {
        "id": ident, "xmlId": None, "title": f"Счёт {ident}", "createdBy": by, "updatedBy": by, "movedBy": by,
        "createdTime": at, "updatedTime": at, "movedTime": at, "categoryId": 3, "opened": "Y", "stageId": "DT31_3:N",
        "previousStageId": "", "begindate": None, "closedate": None, "companyId": 0, "contactId": 0, "opportunity": 0,
        "isManualOpportunity": "N", "taxValue": 0, "currencyId": "RUB", "mycompanyId": 3, "sourceId": None,
        "sourceDescription": None, "webformId": 0, "assignedById": owner, "lastActivityBy": by, "lastActivityTime": at,
        "comments": None, "accountNumber": str(ident), "locationId": None, "parentId2": None, "parentId7": None,
        "utmSource": None, "utmMedium": None, "utmCampaign": None, "utmContent": None, "utmTerm": None,
        "observers": [], "contactIds": [], "entityTypeId": 31,
    }


def item(kind: int, ident: int, at: str, owner: int, by: int) -> Row:
    """Of a smart process."""
    return {
        "id": ident, "xmlId": None, "title": f"Элемент {ident}", "createdBy": by, "updatedBy": by, "movedBy": by,
        "createdTime": at, "updatedTime": at, "movedTime": at, "categoryId": 7, "opened": "Y",
        "stageId": f"DT{kind}_7:NEW", "previousStageId": "", "begindate": None, "closedate": None, "companyId": 0,
        "contactId": 0, "opportunity": 0, "isManualOpportunity": "N", "taxValue": 0, "currencyId": "RUB",
        "mycompanyId": 0, "sourceId": None, "sourceDescription": None, "assignedById": owner, "lastActivityBy": by,
        "lastActivityTime": at, "parentId1": None, "parentId2": None, "utmSource": None, "utmMedium": None,
        "utmCampaign": None, "utmContent": None, "utmTerm": None, "observers": [], "contactIds": [],
        "entityTypeId": kind,
    }


def old_invoice(ident: str, at: str, owner: str) -> Row:
    return {
        "ID": ident, "ACCOUNT_NUMBER": ident, "ORDER_TOPIC": f"Счёт {ident}", "CURRENCY": "RUB", "PRICE": "0.00",
        "TAX_VALUE": "0.00", "STATUS_ID": "N", "PAYED": "N", "DATE_INSERT": at, "DATE_UPDATE": at, "DATE_STATUS": at,
        "EMP_STATUS_ID": owner, "DATE_BILL": at, "DATE_PAY_BEFORE": "", "PAY_VOUCHER_DATE": "", "PAY_VOUCHER_NUM": "",
        "RESPONSIBLE_ID": owner, "PERSON_TYPE_ID": "1", "PAY_SYSTEM_ID": "1", "UF_DEAL_ID": "0", "UF_QUOTE_ID": "0",
        "UF_COMPANY_ID": "0", "UF_CONTACT_ID": "0", "UF_MYCOMPANY_ID": "3", "COMMENTS": "", "REASON_MARKED": "",
    }


def document(ident: str, at: str, by: str, template: str, kind: int, owner: str) -> Row:
    return {
        "id": ident, "title": f"КП {ident}", "number": ident, "createTime": at, "updateTime": at, "createdBy": by,
        "updatedBy": by, "stampsEnabled": False, "isTransformationError": False, "templateId": template,
        "entityTypeId": kind, "entityId": owner, "values": {},
    }


def payment(ident: int, order: int, at: str, owner: int) -> Row:
    return {
        "id": ident, "orderId": order, "accountNumber": f"{order}/{ident}", "paid": "N", "datePaid": None,
        "empPaidId": None, "paySystemId": 3, "paySystemName": "Счёт", "payVoucherNum": "", "payVoucherDate": None,
        "datePayBefore": None, "dateBill": at, "xmlId": None, "sum": 0, "priceCod": 0, "currency": "RUB",
        "responsibleId": owner, "empResponsibleId": None, "dateResponsibleId": None, "comments": None, "companyId": 0,
        "payReturnNum": "", "payReturnDate": None, "isReturn": "N", "marked": "N", "dateMarked": None,
        "externalPayment": "N",
    }


def entry(ident: str, owner: str, name: str) -> Row:
    return {
        "ID": ident, "PARENT_ID": ident, "ACTIVE": "Y", "DELETED": "N", "CAL_TYPE": "user", "OWNER_ID": owner,
        "NAME": name, "DT_SKIP_TIME": "N", "TZ_FROM": "Europe/Moscow", "TZ_TO": "Europe/Moscow", "CREATED_BY": owner,
        "MEETING_HOST": owner, "IS_MEETING": False, "ACCESSIBILITY": "busy", "IMPORTANCE": "normal",
    }


def activity(ident: str, at: str, owner: str, by: str) -> Row:
    return {
        "ID": ident, "OWNER_ID": "0", "OWNER_TYPE_ID": "0", "TYPE_ID": "6", "PROVIDER_ID": "CRM_TODO",
        "PROVIDER_TYPE_ID": "TODO", "PROVIDER_GROUP_ID": None, "ASSOCIATED_ENTITY_ID": "0", "SUBJECT": "",
        "CREATED": at, "LAST_UPDATED": at, "START_TIME": "", "END_TIME": "", "DEADLINE": "", "COMPLETED": "N",
        "STATUS": "1", "RESPONSIBLE_ID": owner, "PRIORITY": "2", "NOTIFY_TYPE": "0", "NOTIFY_VALUE": "0",
        "DESCRIPTION": "", "DESCRIPTION_TYPE": "1", "DIRECTION": "0", "LOCATION": "", "SETTINGS": [],
        "ORIGINATOR_ID": None, "ORIGIN_ID": None, "AUTHOR_ID": by, "EDITOR_ID": by, "PROVIDER_PARAMS": [],
        "PROVIDER_DATA": None, "RESULT_MARK": "0", "RESULT_VALUE": None, "RESULT_SUM": None,
        "RESULT_CURRENCY_ID": None, "RESULT_STATUS": "0", "RESULT_STREAM": "0", "RESULT_SOURCE_ID": None,
        "AUTOCOMPLETE_RULE": "0",
    }


def comment(ident: str, at: str, by: str, kind: str, owner: str) -> Row:
    return {"ID": ident, "ENTITY_ID": owner, "ENTITY_TYPE": kind, "CREATED": at, "COMMENT": "", "AUTHOR_ID": by, "FILES": []}


def call(ident: str, call_id: str, owner: str) -> Row:
    return {
        "ID": ident, "PORTAL_USER_ID": owner, "PORTAL_NUMBER": "reg150908", "PHONE_NUMBER": "", "CALL_ID": call_id,
        "EXTERNAL_CALL_ID": None, "CALL_CATEGORY": "external", "CALL_LOG": None, "CALL_DURATION": "0",
        "CALL_START_DATE": "", "CALL_RECORD_URL": "", "CALL_VOTE": None, "COST": "0.0000", "COST_CURRENCY": "RUR",
        "CALL_FAILED_CODE": "200", "CALL_FAILED_REASON": "Success call", "CRM_ENTITY_TYPE": None, "CRM_ENTITY_ID": None,
        "CRM_ACTIVITY_ID": None, "REST_APP_ID": None, "REST_APP_NAME": None, "TRANSCRIPT_ID": None,
        "TRANSCRIPT_PENDING": "N", "SESSION_ID": None, "REDIAL_ATTEMPT": None, "COMMENT": None,
        "RECORD_DURATION": None, "RECORD_FILE_ID": None, "CALL_TYPE": "1",
    }


def task(ident: str, at: str, owner: Row, creator: Row) -> Row:
    return {
        "id": ident, "title": f"Задача {ident}", "description": "", "status": "2", "priority": "1",
        "responsibleId": owner["ID"], "createdBy": creator["ID"], "createdDate": at, "changedDate": at,
        "closedDate": None, "closedBy": "0", "deadline": None, "groupId": "0", "group": [], "ufCrmTask": False,
        "ufTaskWebdavFiles": False, "ufMailMessage": None, "favorite": "N", "responsible": person(owner),
        "creator": person(creator), "action": {"accept": False, "complete": True, "start": True},
    }


def person(user: Row) -> Row:
    return {
        "id": user["ID"], "name": f"{user['NAME']} {user['LAST_NAME']}",
        "link": f"/company/personal/user/{user['ID']}/",
        "icon": "/bitrix/images/tasks/default_avatar.png", "workPosition": user["WORK_POSITION"],
    }


def user(ident: str, name: str, last_name: str, registered: str) -> Row:
    return {
        "ID": ident, "ACTIVE": True, "NAME": name, "LAST_NAME": last_name, "SECOND_NAME": "",
        "EMAIL": f"user{ident}@example.com", "LAST_LOGIN": "", "DATE_REGISTER": registered, "TIME_ZONE": "",
        "IS_ONLINE": "N", "TIMESTAMP_X": {}, "LAST_ACTIVITY_DATE": {}, "PERSONAL_GENDER": "", "PERSONAL_BIRTHDAY": "",
        "WORK_POSITION": "Менеджер", "UF_EMPLOYMENT_DATE": "", "UF_DEPARTMENT": [5], "USER_TYPE": "employee",
    }


def history(ident: int, kind: int, owner: int, at: str, category: str | None, semantic: str, stage: str) -> Row:
    row: Row = {"ID": ident, "TYPE_ID": kind, "OWNER_ID": owner, "CREATED_TIME": at}
    if category is None:
        return {**row, "STATUS_SEMANTIC_ID": semantic, "STATUS_ID": stage}
    return {**row, "CATEGORY_ID": int(category), "STAGE_SEMANTIC_ID": semantic, "STAGE_ID": stage}
