// Prints a file of Packer's as JSON. Argument: the file.
const { parse } = require(process.cwd() + '/.tools/node_modules/@cdktf/hcl2json');
const file = process.argv[2];
parse(file, require('fs').readFileSync(file, 'utf8')).then(
  (parsed) => console.log(JSON.stringify(parsed)),
  (error) => {
    console.error(String(error));
    process.exit(1);
  });
