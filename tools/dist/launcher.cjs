#!/usr/bin/env node
// Starts the plugin of the npm package; installed as `pulumi-resource-exoscale-ssh`. In words that every Node understands:
// an old one has to get as far as the message.
"use strict";
var os = require("node:os");
var path = require("node:path");
var nodeModule = require("node:module");
var v8 = require("node:v8");

var OLDEST = 22;

if (parseInt(process.versions.node, 10) < OLDEST) {
  process.stderr.write(
    "pulumi-resource-exoscale-ssh needs Node " +
      OLDEST +
      " or newer, and the `node` that is first on PATH is " +
      process.versions.node +
      " (" +
      process.execPath +
      ").\nPut a newer one first on PATH, or install the plugin as a program that needs no Node, as " +
      path.join(__dirname, "..", "..", "docs", "installing.md") +
      " says.\n",
  );
  process.exit(1);
}

// The bundle says so too, but what Node keeps is only of use with the flags that it was compiled with.
v8.setFlagsFromString("--semi-space-growth-factor=1");
// What a request leaves is swept away soon: five hundred keypairs take 30 MB less.
v8.setFlagsFromString("--heap-growing-percent=20");
keepCompiled();
require(path.join(__dirname, "plugin.cjs"));

/**
 * Starts are a third shorter when Node keeps what it compiled. In the user's own cache and not where Node would put it
 * by itself: in a common temporary directory somebody else could put code there first.
 */
function keepCompiled() {
  var keep = nodeModule.enableCompileCache;
  var caches = cacheHome();
  if (!keep || !caches) return;
  keep(path.join(caches, "pulumi-exoscale-ssh", "compiled"));
  // Pulumi kills its plugins, so that Node never gets to writing it at the end.
  setTimeout(nodeModule.flushCompileCache || function nothing() {}, 1000).unref();
}

/** @returns {string | undefined} where this system keeps a user's caches; nowhere if the user has no home */
function cacheHome() {
  var given = process.platform === "win32" ? process.env["LOCALAPPDATA"] : process.env["XDG_CACHE_HOME"];
  if (given && path.isAbsolute(given)) return given;
  var home = os.homedir();
  if (!path.isAbsolute(home)) return undefined;
  return process.platform === "darwin" ? path.join(home, "Library", "Caches") : path.join(home, ".cache");
}
