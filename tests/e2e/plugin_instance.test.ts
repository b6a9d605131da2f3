import { once } from "node:events";
import * as pulumi from "@pulumi/pulumi";
import { type Emulator, startEmulator } from "../emulated";
import { end } from "./end";
import { machine } from "./known_machine";
import { sshLogin } from "./login";
