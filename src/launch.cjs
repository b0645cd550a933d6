'use strict';

process.exitCode = process.argv[2] === '--link' ? 0 : 1;
