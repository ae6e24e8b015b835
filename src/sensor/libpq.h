#pragma once

#include <libpq-fe.h>

#include "qflow/error/error.h"

namespace qflow {

// The functions of libpq that a sensor calls (https://www.postgresql.org/docs/current/libpq.html).
struct Libpq {
  decltype(PQconnectStart)* connect_start = nullptr;
  decltype(PQconnectPoll)* connect_poll = nullptr;
  decltype(PQstatus)* status = nullptr;
  decltype(PQfinish)* finish = nullptr;
  decltype(PQsocket)* socket = nullptr;
  decltype(PQhost)* host = nullptr;
  decltype(PQport)* port = nullptr;
  decltype(PQerrorMessage)* error_message = nullptr;
  decltype(PQconnectionNeedsPassword)* needs_password = nullptr;
  decltype(PQconnectionUsedPassword)* used_password = nullptr;
  decltype(PQsetNoticeProcessor)* set_notice_processor = nullptr;
  decltype(PQsetnonblocking)* set_nonblocking = nullptr;
  decltype(PQsendQuery)* send_query = nullptr;
  decltype(PQsendQueryParams)* send_query_params = nullptr;
  decltype(PQsetSingleRowMode)* set_single_row_mode = nullptr;
  decltype(PQflush)* flush = nullptr;
  decltype(PQconsumeInput)* consume_input = nullptr;
  decltype(PQisBusy)* is_busy = nullptr;
  decltype(PQgetResult)* get_result = nullptr;
  decltype(PQclear)* clear = nullptr;
  decltype(PQresultStatus)* result_status = nullptr;
  decltype(PQresultErrorField)* result_error_field = nullptr;
  decltype(PQntuples)* row_count = nullptr;
  decltype(PQnfields)* column_count = nullptr;
  decltype(PQfname)* column_name = nullptr;
  decltype(PQftype)* column_type = nullptr;
  decltype(PQgetisnull)* is_null = nullptr;
  decltype(PQgetvalue)* value = nullptr;
  decltype(PQgetlength)* length = nullptr;
};

// Opens the library. kFailed when it is not installed.
Result<Libpq> open_libpq();

}  // namespace qflow
