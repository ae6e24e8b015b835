#include "sensor/libpq.h"

#include "qflow/os/shared_library.h"

namespace qflow {

Result<Libpq> open_libpq() {
  QFLOW_ASSIGN(const SharedLibrary library, SharedLibrary::open("libpq.so.5", "libpq5"));
  Libpq pq;
  QFLOW_TRY(library.find("PQconnectStart", pq.connect_start));
  QFLOW_TRY(library.find("PQconnectPoll", pq.connect_poll));
  QFLOW_TRY(library.find("PQstatus", pq.status));
  QFLOW_TRY(library.find("PQfinish", pq.finish));
  QFLOW_TRY(library.find("PQsocket", pq.socket));
  QFLOW_TRY(library.find("PQhost", pq.host));
  QFLOW_TRY(library.find("PQport", pq.port));
  QFLOW_TRY(library.find("PQerrorMessage", pq.error_message));
  QFLOW_TRY(library.find("PQconnectionNeedsPassword", pq.needs_password));
  QFLOW_TRY(library.find("PQconnectionUsedPassword", pq.used_password));
  QFLOW_TRY(library.find("PQsetNoticeProcessor", pq.set_notice_processor));
  QFLOW_TRY(library.find("PQsetnonblocking", pq.set_nonblocking));
  QFLOW_TRY(library.find("PQsendQuery", pq.send_query));
  QFLOW_TRY(library.find("PQsendQueryParams", pq.send_query_params));
  QFLOW_TRY(library.find("PQsetSingleRowMode", pq.set_single_row_mode));
  QFLOW_TRY(library.find("PQflush", pq.flush));
  QFLOW_TRY(library.find("PQconsumeInput", pq.consume_input));
  QFLOW_TRY(library.find("PQisBusy", pq.is_busy));
  QFLOW_TRY(library.find("PQgetResult", pq.get_result));
  QFLOW_TRY(library.find("PQclear", pq.clear));
  QFLOW_TRY(library.find("PQresultStatus", pq.result_status));
  QFLOW_TRY(library.find("PQresultErrorField", pq.result_error_field));
  QFLOW_TRY(library.find("PQntuples", pq.row_count));
  QFLOW_TRY(library.find("PQnfields", pq.column_count));
  QFLOW_TRY(library.find("PQfname", pq.column_name));
  QFLOW_TRY(library.find("PQftype", pq.column_type));
  QFLOW_TRY(library.find("PQgetisnull", pq.is_null));
  QFLOW_TRY(library.find("PQgetvalue", pq.value));
  QFLOW_TRY(library.find("PQgetlength", pq.length));
  return pq;
}

}  // namespace qflow
