// Serves the folders of a folder as the buckets of S3 on a free port of 127.0.0.1, which it prints: the package s3rver,
// which checks everything about a signature but its last value.
'use strict';

const path = require('path');
const S3rver = require(path.join(process.argv[2], 's3rver'));

new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory: process.argv[3], vhostBuckets: false })
  .run()
  .then(({ port }) => console.log(port));
