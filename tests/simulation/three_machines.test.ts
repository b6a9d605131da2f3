import "./mocks";
import { testScenarios } from "./cases";
import { scenarios } from "./scenarios";

testScenarios(scenarios(3), 5);
