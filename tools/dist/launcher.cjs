#!/usr/bin/env node
// Starts the plugin of the npm package; installed as `pulumi-resource-exoscale-ssh`. Written in old syntax, so that an old
// Node gets as far as the message.
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

// The bundle sets this too, but the compile cache is only valid for the flags that it was written with.
v8.setFlagsFromString("--semi-space-growth-factor=1");
// Collect garbage sooner: with five hundred keypairs the plugin takes 30 MB less.
v8.setFlagsFromString("--heap-growing-percent=20");
enableCompileCache();
require(path.join(__dirname, "plugin.cjs"));

/**
 * With the compile cache a start takes a third less time. It is in the user's own cache: Node's default is a shared
 * temporary directory, where another user could put code first.
 */
function enableCompileCache() {
  var keep = nodeModule.enableCompileCache;
  var caches = cacheHome();
  if (!keep || !caches) return;
  keep(path.join(caches, "pulumi-exoscale-ssh", "compiled"));
  // Node writes the cache at its end, but Pulumi kills its plugins before that.
  setTimeout(nodeModule.flushCompileCache || function nothing() {}, 1000).unref();
}

/** @returns {string | undefined} the user's cache directory; undefined if the user has no home */
function cacheHome() {
  var given = process.platform === "win32" ? process.env["LOCALAPPDATA"] : process.env["XDG_CACHE_HOME"];
  if (given && path.isAbsolute(given)) return given;
  var home = os.homedir();
  if (!path.isAbsolute(home)) return undefined;
  return process.platform === "darwin" ? path.join(home, "Library", "Caches") : path.join(home, ".cache");
}
