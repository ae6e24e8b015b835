// Prints the header Authorization that the package aws4 makes for each request of a file, one JSON text per line.
// The query is given to it encoded, by JavaScript's own encoder.
'use strict';

const fs = require('fs');
const path = require('path');
const aws4 = require(path.join(process.argv[2], 'aws4'));

for (const line of fs.readFileSync(process.argv[3], 'utf8').split('\n')) {
  if (!line) continue;
  const given = JSON.parse(line);
  const query = given.query.map(pair => pair.map(encodeURIComponent).join('=')).join('&');
  const signed = aws4.sign(
    {
      service: 's3',
      region: given.region,
      method: 'GET',
      path: given.path + '?' + query,
      headers: { Host: given.host, 'X-Amz-Date': given.date, 'X-Amz-Content-Sha256': emptyHash() },
    },
    {
      accessKeyId: given.accessKeyId,
      secretAccessKey: given.secretAccessKey,
      ...(given.sessionToken ? { sessionToken: given.sessionToken } : {}),
    },
  );
  process.stdout.write(signed.headers.Authorization.replace(/, /g, ',') + '\n');
}

function emptyHash() {
  return require('crypto').createHash('sha256').update('').digest('hex');
}
