// @ts-check
import js from "@eslint/js";
import globals from "globals";

const RULES = {
  complexity: ["error", 12],
  eqeqeq: "error",
  "no-shadow": "error",
  "no-var": "error",
  "no-implied-eval": "error",
  "no-restricted-properties": ["error", ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({
    property, message: "Texts of files and headers only ever become text nodes.",
  }))],
  "no-restricted-syntax": ["error", {
    selector: "CallExpression[callee.object.name='Object'][callee.property.name='assign'] > ThisExpression.arguments",
    message: "Declare fields and assign them one by one: type checkers and editors do not see the others.",
  }],
  "prefer-const": "error",
};

export default [
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  { ...js.configs.recommended, files: ["**/*.js"] },
  { files: ["**/*.js"], rules: RULES },
  { files: ["pipeline/**/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["tests/javascript/*.js"], languageOptions: { globals: globals.node } },
];
