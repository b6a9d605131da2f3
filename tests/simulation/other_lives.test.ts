import "./mocks";
import { testScenarios } from "./cases";
import { otherLives } from "./scenarios";

testScenarios(otherLives(1), 3);
